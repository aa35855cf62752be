"""Domain values in, Block Kit out. Pure: no clock, no client, nothing looked up."""

from handlers.views.problems import field_errors, problem, sentence, still_working, unexpected

__all__ = ["field_errors", "problem", "sentence", "still_working", "unexpected"]
