"""How an option of a release is asked for: its words and its limits, said once for every door.

The screen, the API and the command line build their fields from these descriptions and have no
words or limits of their own. Words are plain English, marked for collection; doors translate them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from projects.words import gettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording(ABC):
    """What is said of every option.

    `label` and `help` stand on the screen, which keeps a `folded` option out of sight until it is
    used. `document` stands in the API's document, `brief` beside the flag of the command, which
    lists it in its `group`. `field` and `flag` are the names on the screen and on the command line
    where they are not the option's own. `recipes` are the only ones that read it, all where empty.
    """

    label: str
    help: str = ""
    document: str = ""
    brief: str = ""
    group: Literal["filters", "labels"] = "filters"
    folded: bool = True
    field: str = ""
    flag: str = ""
    recipes: tuple[str, ...] = ()

    @abstractmethod
    def fault(self, value: object) -> str | None:
        """What to choose instead of a value without meaning; None if it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Wording):
    """A whole number from 0 on.

    Above `most` it is taken for a slip where it is typed into a form or a body. Elsewhere it has
    no upper end: a floor that nothing reaches leaves nothing, and the books say so.
    """

    most: int

    def fault(self, value: object) -> str | None:
        """Anything but a whole number from 0 on."""
        if _is_count(value):
            return None
        reason = gettext("choose a whole number from 0 on, not %(value)s.")
        return reason % {"value": repr(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Wording):
    """A number from 0 to 1; in per cent on the screen."""

    def fault(self, value: object) -> str | None:
        """Anything but a number from 0 to 1."""
        # A share that is not a number is neither below 0 nor above 1: ask what it is, not is not.
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return None
        reason = gettext("choose a share from 0 to 1, not %(value)s.")
        return reason % {"value": repr(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Wording):
    """A number from 0 on, with a fraction where need be; `most` as of a count."""

    most: int

    def fault(self, value: object) -> str | None:
        """Anything but a number from 0 on."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _NO_END:
            return None
        return gettext("choose a number from 0 on, not %(value)s.") % {"value": repr(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(Wording):
    """Any of the project's guideline versions; none of them stands for all."""

    def fault(self, value: object) -> str | None:
        """A version that is no whole number from 0 on."""
        for version in _in_order(value):
            if not _is_count(version):
                reason = gettext("versions are whole numbers from 0 on, not %(value)s.")
                return reason % {"value": repr(version)}
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories(Wording):
    """Any of the project's categories, "" among them; none of them stands for all."""

    longest: int

    def fault(self, value: object) -> str | None:
        """A category that is no text."""
        for category in _in_order(value):
            if not isinstance(category, str):
                reason = gettext("a category is a text, not %(value)s.")
                return reason % {"value": repr(category)}
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Wording):
    """Yes or no. Screen and command line ask for the opposite of the default."""

    def fault(self, value: object) -> str | None:
        """Anything but true and false."""
        if isinstance(value, bool):
            return None
        return gettext("choose true or false, not %(value)s.") % {"value": repr(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Wording):
    """One of some words; `titles` are theirs on the screen, in its order."""

    words: tuple[str, ...]
    titles: Mapping[str, str]

    def fault(self, value: object) -> str | None:
        """Any other word."""
        if value in self.words:
            return None
        reason = gettext("choose one of %(words)s, not %(value)s.")
        words = ", ".join(repr(str(word)) for word in self.words)
        return reason % {"words": words, "value": repr(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Word):
    """Several of some words, one at least; the screen asks for one."""

    def fault(self, value: object) -> str | None:
        """No word, or one that is not among them."""
        words = _in_order(value)
        if not words:
            return gettext("choose one of %(words)s.") % {"words": ", ".join(self.words)}
        return next(filter(None, map(super(Words, self).fault, words)), None)


#: No number reaches it, and what is not a number is not below it.
_NO_END = float("inf")
#: Every way in which an option can be asked for: what the doors tell apart.
Choice = Count | Share | Amount | Versions | Categories | Switch | Word | Words


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _in_order(values: object) -> list[object]:
    """The values of a set, so that of several faults the same is always named."""
    return sorted(values, key=repr) if isinstance(values, Iterable) else []
