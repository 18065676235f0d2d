"""What an answer is, one object a kind of task; pure, no Django.

Whoever hands out, checks, shows, counts or exports answers asks the kind and knows no sign and no
tie by itself. A task names its kind; a criterion's scale names the kind of answer it takes.
"""

from __future__ import annotations

from labeling.kinds.base import (
    PRIMARY_ALIAS,
    Answered,
    Escape,
    Kind,
    LabelError,
    Outcome,
    Policy,
    Question,
    Submission,
    primary_of,
    unsaid_words,
)
from labeling.kinds.compare import COMPARE, tie_words
from projects.scales import Scale

#: The kinds of task that people can be given, by the value stored on the task.
KINDS: dict[str, Kind] = {kind.key: kind for kind in (COMPARE,)}


def kind_of(key: str) -> Kind:
    """The kind that a task names. Raises KeyError naming those that are known."""
    try:
        return KINDS[key]
    except KeyError:
        known = ", ".join(sorted(KINDS))
        raise KeyError(f"Unknown kind of task {key!r}; known kinds: {known}.") from None


def kind_for(scale: Scale) -> Kind:
    """The kind whose answers stand on this scale. Raises KeyError where none takes them."""
    return kind_of(scale.answer)


__all__ = [
    "COMPARE",
    "KINDS",
    "PRIMARY_ALIAS",
    "Answered",
    "Escape",
    "Kind",
    "LabelError",
    "Outcome",
    "Policy",
    "Question",
    "Submission",
    "kind_for",
    "kind_of",
    "primary_of",
    "tie_words",
    "unsaid_words",
]
