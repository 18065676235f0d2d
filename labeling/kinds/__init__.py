"""What an answer is, one object a kind of task; pure, no Django.

Whoever hands out, checks, shows, counts or exports answers asks the kind and knows no sign and no
tie by itself. A task names its kind; a criterion's scale names the kind of answer it takes.
"""

from __future__ import annotations

from labeling.kinds.accepted import (
    CHECKED_KINDS,
    accepted_answers,
    accepted_shapes,
    is_accepted,
)
from labeling.kinds.base import (
    PRIMARY_ALIAS,
    EditedText,
    Escape,
    GivenAnswer,
    Kind,
    LabelError,
    Policy,
    Question,
    Submission,
    primary_of,
    slot,
    unsaid_words,
)
from labeling.kinds.compare import COMPARE, Outcome, tie_words
from labeling.kinds.conversation import CONVERSATION_ANSWERS
from labeling.kinds.gate import GATE_ANSWERS, check_answers, is_stopped, stopping_answers
from labeling.kinds.labels import label_answers
from labeling.kinds.passes import COMPARE_AXES, COMPARE_OVERALL, has_axes
from labeling.kinds.rank import RANK
from labeling.kinds.rate import RATE
from labeling.kinds.rule import RULE
from labeling.kinds.write import REVIEW, WRITE
from labeling.vocabulary import ASKED_AS_AXES, ASKED_AS_OVERALL, ASKED_AS_REVIEW
from projects.scales import Scale

#: The kinds of task that people can be given, by how they are asked: by the value stored on the
#: task, but for the review of a text, which is stored as the rating that it is, and for the passes
#: of a comparison.
KINDS: dict[str, Kind] = {
    **{kind.key: kind for kind in (COMPARE, RANK, RATE, RULE)},
    ASKED_AS_REVIEW: REVIEW,
    WRITE.key: WRITE,
    ASKED_AS_AXES: COMPARE_AXES,
    ASKED_AS_OVERALL: COMPARE_OVERALL,
}


def kind_of(key: str) -> Kind:
    """The kind that a task names. Raises KeyError naming those that are known."""
    try:
        return KINDS[key]
    except KeyError:
        known = ", ".join(sorted(KINDS))
        raise KeyError(f"Unknown kind of task {key!r}; known kinds: {known}.") from None


def kind_for(scale: Scale) -> Kind:
    """The kind whose primary question may stand on this scale: it says what its answers mean.

    Those to a gate, and about a conversation, mean the same on every kind of task. Raises KeyError
    where there is none.
    """
    for kind in (*KINDS.values(), GATE_ANSWERS, CONVERSATION_ANSWERS):
        if kind.family == scale.family:
            return kind
    raise KeyError(f"No kind of task has primary answers of the family {scale.family!r}.")


__all__ = [
    "CHECKED_KINDS",
    "COMPARE",
    "COMPARE_AXES",
    "COMPARE_OVERALL",
    "CONVERSATION_ANSWERS",
    "GATE_ANSWERS",
    "KINDS",
    "PRIMARY_ALIAS",
    "RANK",
    "RATE",
    "REVIEW",
    "RULE",
    "WRITE",
    "EditedText",
    "Escape",
    "GivenAnswer",
    "Kind",
    "LabelError",
    "Outcome",
    "Policy",
    "Question",
    "Submission",
    "accepted_answers",
    "accepted_shapes",
    "check_answers",
    "has_axes",
    "is_accepted",
    "is_stopped",
    "kind_for",
    "kind_of",
    "label_answers",
    "primary_of",
    "slot",
    "stopping_answers",
    "tie_words",
    "unsaid_words",
]
