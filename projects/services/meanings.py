"""What a question's scale means: by its key, or by the words that the project keeps for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput
from projects.own_scales import own_scale
from projects.scales import (
    CONVERSATION,
    DECISION,
    GATE,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    RESPONSE,
    REVIEWS,
    SCALES,
)

#: Families of which a primary question lets questions about each response stand beside it.
_WITH_RESPONSES = frozenset({PREFERENCES, RANKING, PER_PRINCIPLE})


def family_of(scale_key: str, own: str = "") -> str:
    """The family of a scale; `own` describes one that is the project's own."""
    scale = own_scale(own) if own else SCALES.get(scale_key)
    return scale.family if scale else PREFERENCES  # an unknown scale is refused by its name


def require_one_meaning(scales: Iterable[tuple[str, str]], field: str = "scale_key") -> None:
    """Raises InvalidInput where an own scale is another one in another question."""
    meanings: dict[str, str] = {}
    for key, own in scales:
        if own and meanings.setdefault(key, own) != own:
            sentence = _("Two scales have the key “%(key)s”, and other words or values.") % {
                "key": key
            }
            raise InvalidInput(sentence, fields={field: sentence})


def is_asked(family: str, primaries: Collection[str], scales: Collection[str]) -> bool:
    """Whether a question of a family is asked on any task of a rubric with these primary families
    and scales: each kind of task asks those of its own family, and some of them more."""
    if family in {GATE, *primaries}:
        return True
    if family == RESPONSE:
        return not _WITH_RESPONSES.isdisjoint(primaries)
    if family == CONVERSATION:
        return PREFERENCES in primaries
    return family == REVIEWS and DECISION in scales  # edits of comparisons are reviewed too


def misfit_words(key: str) -> str:
    """What is said of a question that no task of a rubric would ask."""
    return _(
        "“%(key)s” would never be asked: no kind of task that the primary questions make asks it. "
        "Mark one of its kind as primary, or choose another scale."
    ) % {"key": key}


def overall_words() -> str:
    """Why no other question may have the name of the primary one."""
    return _("“overall” is the primary criterion's name and cannot be another's key.")
