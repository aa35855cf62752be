// What every field has in common.

/** What an input needs to be found, described and restored. */
export function fieldProps({ field, key, ctx }, label) {
  return {
    id: field?.id, "data-focus": key, "aria-label": field ? null : label,
    "aria-describedby": field?.described || null, "aria-invalid": field?.invalid ? "true" : null,
    "aria-required": field?.required && ctx.isForm ? "true" : null,
  };
}
