"""What a user may choose beside the recipe: which judgments take part, how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from labeling.datasets.reasons import HUMAN_ONLY
from labeling.vocabulary import Source

#: What becomes of ties: "" is the recipe's own policy.
Ties = Literal["", "keep", "drop"]
#: What stands in `chosen_prob`: the share of the votes, or the posterior of a model of the raters.
Soft = Literal["share", "posterior"]

_SOURCES = {
    Source.HUMAN.value: "people",
    Source.AI.value: "a model",
    Source.HUMAN_AFTER_AI.value: "people who saw a model's judgment first",
}


class OptionError(ValueError):
    """An option has a value without meaning; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True)
class RecipeOptions:
    """Filters and choices that every recipe understands; the defaults leave nothing out.

    Attributes:
        min_strength: preferences weaker than this are left out (mean magnitude where votes are
            aggregated); 0 keeps all.
        min_votes: tasks with fewer judgments that answer the criterion are left out.
        min_agreement: tasks where a smaller share of the votes that prefer a response prefer the
            same one are left out, 0 to 1.
        guideline_versions: only judgments made under one of these; empty takes all.
        categories: only tasks of these categories; empty takes all.
        adjudicated_only: only tasks with a reviewer's final word, and of those only that word.
        ties: keep or drop ties, "" as the recipe does by itself.
        soft: which probability stands beside a pair.
        edits: whether edited responses make rows of their own where the recipe has them.
        sources: whose judgments take part.
    """

    min_strength: int = 0
    min_votes: int = 0
    min_agreement: float = 0.0
    guideline_versions: frozenset[int] = frozenset()
    categories: frozenset[str] = frozenset()
    adjudicated_only: bool = False
    ties: Ties = ""
    soft: Soft = "share"
    edits: bool = True
    sources: frozenset[str] = HUMAN_ONLY

    def checked(self) -> RecipeOptions:
        """The same options. Raises OptionError, naming the field, for a value without meaning."""
        for name in ("min_strength", "min_votes"):
            value = getattr(self, name)
            if not _whole(value) or value < 0:
                raise OptionError(name, f"choose a whole number from 0 on, not {value!r}.")
        # A share that is not a number is neither below 0 nor above 1: ask what it is, not is not.
        share = self.min_agreement
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise OptionError("min_agreement", f"choose a share from 0 to 1, not {share!r}.")
        for name in ("adjudicated_only", "edits"):
            if not isinstance(getattr(self, name), bool):
                raise OptionError(name, f"choose true or false, not {getattr(self, name)!r}.")
        _one_of("ties", self.ties, get_args(Ties))
        _one_of("soft", self.soft, get_args(Soft))
        if not self.sources:
            raise OptionError("sources", f"choose one of {', '.join(_SOURCES)}.")
        for source in sorted(self.sources, key=repr):
            _one_of("sources", source, tuple(_SOURCES))
        for number in sorted(self.guideline_versions, key=repr):
            if not _whole(number) or number < 0:
                reason = f"versions are whole numbers from 0 on, not {number!r}."
                raise OptionError("guideline_versions", reason)
        for category in sorted(self.categories, key=repr):
            if not isinstance(category, str):
                raise OptionError("categories", f"a category is a text, not {category!r}.")
        return self

    def asks(self, name: str) -> bool:
        """Whether the user asks for something by this field; of ties, whether to keep them."""
        if name == "ties":
            return self.ties == "keep"
        default = next(field.default for field in fields(self) if field.name == name)
        return bool(getattr(self, name) != default)

    def explain(self) -> dict[str, str]:
        """The choices that differ from the defaults, in words."""
        said: dict[str, str] = {}
        if self.min_strength:
            said["Strength floor"] = f"Preferences weaker than {self.min_strength} are left out."
        if self.min_votes:
            votes = f"{self.min_votes} vote{'s' * (self.min_votes != 1)}"
            said["Votes floor"] = f"Tasks with fewer than {votes} are left out."
        if self.min_agreement:
            said["Agreement floor"] = (
                f"Tasks where less than {self.min_agreement:.1%} of the votes that prefer a "
                "response prefer the same one are left out."
            )
        if self.guideline_versions:
            listed = ", ".join(map(str, sorted(self.guideline_versions)))
            plural = "s" * (len(self.guideline_versions) != 1)
            said["Guideline versions"] = f"Only judgments made under version{plural} {listed}."
        if self.categories:
            listed = ", ".join(name or "(none)" for name in sorted(self.categories))
            word = "category" if len(self.categories) == 1 else "categories"
            said["Categories"] = f"Only tasks of the {word} {listed}."
        return said | self._explain_choices()

    def _explain_choices(self) -> dict[str, str]:
        """The choices that are no filters by a number or a name."""
        said: dict[str, str] = {}
        if self.adjudicated_only:
            said["Adjudicated"] = (
                "Only tasks with a reviewer's final word, and of those only the newest word."
            )
        if self.ties:
            said["Ties asked for"] = f"Ties are {'kept' if self.ties == 'keep' else 'left out'}."
        if self.soft == "posterior":
            said["Soft labels"] = (
                "`chosen_prob` is the posterior of a Dawid-Skene model of the raters, not the "
                "share of the votes."
            )
        if not self.edits:
            said["Edits"] = "Edited responses make no rows."
        if self.sources != HUMAN_ONLY:
            listed = " and ".join(_SOURCES.get(name, name) for name in sorted(self.sources))
            said["Sources"] = f"Only judgments by {listed}."
        return said


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        listed = ", ".join(repr(each) for each in known)
        raise OptionError(name, f"choose one of {listed}, not {value!r}.")
