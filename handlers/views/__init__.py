"""Domain values in, Block Kit out. Pure: no clock, no client, nothing looked up."""

from handlers.views.problems import fault, field_errors, problem, problem_modal, sentence, still_working, unexpected

__all__ = ["fault", "field_errors", "problem", "problem_modal", "sentence", "still_working", "unexpected"]
