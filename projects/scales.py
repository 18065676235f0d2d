"""The scales a rater answers on, labelled as published; pure, no Django.

Where the published words are not known, the source says "in the style of".
"""

from __future__ import annotations

from collections.abc import Mapping

from projects.comparison_scales import COMPARISON_SCALES
from projects.response_scales import SCALES_OF_SEVERAL
from projects.scale import (
    ANSWER_KINDS,
    CANNOT_TELL,
    CONVERSATION,
    DECISION,
    EQUAL_BAD,
    EQUAL_GOOD,
    GATE,
    NOT_APPLICABLE,
    ORDINAL,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    RESPONSE,
    REVIEWS,
    SCORE,
    TIE_KINDS,
    UNSURE,
    YES_NO,
    Option,
    Scale,
)

__all__ = [
    "ANSWER_KINDS",
    "CANNOT_TELL",
    "CONVERSATION",
    "DECISION",
    "EQUAL_BAD",
    "EQUAL_GOOD",
    "GATE",
    "NOT_APPLICABLE",
    "ORDINAL",
    "PER_PRINCIPLE",
    "PREFERENCES",
    "RANKING",
    "RESPONSE",
    "REVIEWS",
    "SCALES",
    "SCORE",
    "TIE_KINDS",
    "UNSURE",
    "YES_NO",
    "Option",
    "Scale",
    "get_scale",
]

SCALES: Mapping[str, Scale] = {
    scale.key: scale for scale in (*COMPARISON_SCALES, *SCALES_OF_SEVERAL)
}


def get_scale(key: str) -> Scale:
    """The scale of that key. Raises KeyError naming the known ones."""
    try:
        return SCALES[key]
    except KeyError:
        known = ", ".join(sorted(SCALES))
        raise KeyError(f"Unknown scale {key!r}; known scales: {known}.") from None
