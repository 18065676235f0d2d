"""What pages call the fields of a row, and where the columns of a file go."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.datasets.readers import ColumnRole
from labeling.datasets.readers.fields import visible

#: Characters of a column's name that are shown.
SHOWN_OF_COLUMN = 80

_TITLES = {
    "id": _("Id"),
    "prompt": _("Prompt"),
    "messages": _("Prompt as messages"),
    "ranked": _("Ranked answers"),
    "reply": _("Response"),
    "thumb": _("Thumb up or down"),
    "context": _("Prompt as context"),
    "system": _("System text"),
    "passage": _("Before the prompt"),
    "input": _("After the prompt"),
    "responses": _("Responses"),
    "completions": _("Completions"),
    "conversation_a": _("First conversation"),
    "conversation_b": _("Second conversation"),
    "preferred_output": _("Preferred"),
    "non_preferred_output": _("Not preferred"),
    "response_ids": _("Ids of the responses"),
    "models": _("Models of the responses"),
    "ranks": _("Ranks"),
    "response_a": _("First response"),
    "response_b": _("Second response"),
    "model_a": _("Model of the first"),
    "model_b": _("Model of the second"),
    "chosen": _("Chosen"),
    "rejected": _("Rejected"),
    "chosen_model": _("Model of the chosen"),
    "rejected_model": _("Model of the rejected"),
    "judgments": _("Judgments"),
    "category": _("Category"),
    "language": _("Language"),
    "metadata": _("Metadata"),
    "rater": _("Rater"),
    "overall": _("Rater's overall value"),
    "tie_kind": _("Kind of tie"),
    "tie_kinds": _("Kinds of ties, by criterion"),
    "rationale": _("Rationale"),
    "at": _("Time of the judgment"),
    "overall_preference": _("Overall preference"),
    "individual_preference": _("Votes"),
    "winner": _("Winner"),
    "judge": _("Judge"),
    "tstamp": _("Time of the vote"),
    "annotations": _("Annotations"),
    "annotator": _("Annotator"),
    "choice": _("Which is better"),
    "created_at": _("Time of the judgment"),
    "asked": _("What was asked"),
    "text": _("Two texts"),
    "response": _("Response"),
    "accept": _("Accepted"),
    "reject": _("Rejected"),
    "options": _("Options"),
    "answer": _("Answer"),
    "answers": _("Answers"),
    "states": _("Conversations"),
    "summaries": _("Summaries"),
    "type": _("Vote"),
    "user": _("User"),
    "session": _("Session"),
    "submitted": _("Time of the judgment"),
    "label": _("Labels"),
    "label_annotations": _("Annotations"),
}

#: Where columns go, in words, in the order in which people look for them.
_ROLES = {
    ColumnRole.QUESTION: _("Asked about above"),
    ColumnRole.PROMPT: _("Part of the prompt"),
    ColumnRole.RESPONSE: _("Responses"),
    ColumnRole.LABEL: _("Labels"),
    ColumnRole.ABOUT: _("Known about the task"),
    ColumnRole.GOLD: _("What is right, for gold and anchors"),
    ColumnRole.METADATA: _("Metadata, which raters never see"),
    ColumnRole.LEFT_OUT: _("Left out"),
}


def role_groups(columns: Iterable[tuple[str, str]]) -> list[tuple[Promise, list[str]]]:
    """Where columns go, in words, and which go there."""
    pairs = list(columns)
    groups = [
        (words, [visible(column, SHOWN_OF_COLUMN) for column, where in pairs if where == role])
        for role, words in _ROLES.items()
    ]
    return [(words, named) for words, named in groups if named]


def column_title(name: str) -> str:
    """What the page calls a field."""
    return str(_TITLES.get(name, name.replace("_", " ").capitalize()))
