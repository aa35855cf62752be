// Acts go out as JSON; a refusal comes back as a sentence and is thrown as an Error.

export async function act(name, body = {}) {
  const answer = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({ error: "The demo did not answer. Is it still running?" }));
  if (told.error) throw new Error(told.error);
  return told;
}

export async function offers() {
  return (await fetch("/api/offers")).json();
}
