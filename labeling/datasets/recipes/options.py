"""What a user may choose beside the recipe: which judgments take part, how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from labeling.datasets.reasons import HUMAN_ONLY
from labeling.datasets.recipes.choices import (
    Categories,
    Choice,
    Count,
    Share,
    Switch,
    Versions,
    Word,
    Words,
)
from labeling.datasets.records import CriterionRecord
from labeling.vocabulary import Source
from projects.words import ENGLISH, Translation, gettext_noop

#: What becomes of ties: "" is the recipe's own policy.
TieChoice = Literal["", "keep", "drop"]
#: What stands in `chosen_prob`: the share of the votes, or the posterior of a model of the raters.
SoftChoice = Literal["share", "posterior"]
#: What wins where votes are put together: more than half of all of them, or most preferences.
WinChoice = Literal["majority", "plurality"]
#: What a label that tells the side only counts as, where a strength is needed.
SideChoice = Literal["leave_out", "weakest", "2", "3", "4"]

_SOURCES = {
    Source.HUMAN.value: gettext_noop("people"),
    Source.AI.value: gettext_noop("a model"),
    Source.HUMAN_AFTER_AI.value: gettext_noop("people who saw a model's judgment first"),
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
        min_agreement: tasks where a smaller share of the votes say what most of them say are left
            out, 0 to 1; a tie is a vote like the others.
        guideline_versions: only judgments made under one of these; empty takes all.
        categories: only tasks of these categories; empty takes all.
        adjudicated_only: only tasks with a reviewer's final word, and of those only that word.
        ties: keep or drop ties, "" as the recipe does by itself.
        wins_by: what wins where votes are put together: more than half of all votes, ties among
            them, or the most of those that prefer a response.
        soft: which probability stands beside a pair.
        side_only: the strength that labels count as whose source told the side only; left out
            by what needs a strength, taken without one by everything else.
        edits: whether edited responses make rows of their own where the recipe has them.
        sources: whose judgments take part.
    """

    min_strength: int = field(
        default=0,
        metadata={
            "choice": Count(
                label=gettext_noop("Strength at least"),
                help=gettext_noop("Weaker answers are left out. Empty: all are taken."),
                brief=gettext_noop("leave weaker answers out"),
                most=100,
            )
        },
    )
    min_votes: int = field(
        default=0,
        metadata={
            "choice": Count(
                label=gettext_noop("Votes at least"),
                help=gettext_noop("Tasks with fewer judgments are left out."),
                brief=gettext_noop("leave tasks with fewer votes out"),
                most=1000,
            )
        },
    )
    min_agreement: float = field(
        default=0.0,
        metadata={
            "choice": Share(
                label=gettext_noop("Agreement at least, %"),
                help=gettext_noop(
                    "So many of the votes say what most of them say; a tie is a vote too."
                ),
                document=gettext_noop(
                    "The share of the votes that say what most say, ties being votes too."
                ),
                brief=gettext_noop(
                    "leave tasks out where a smaller share of the votes agrees, 0 to 1"
                ),
            )
        },
    )
    guideline_versions: frozenset[int] = field(
        default=frozenset(),
        metadata={
            "choice": Versions(
                label=gettext_noop("Guideline versions"),
                help=gettext_noop("Only judgments made under these. None: all."),
                brief=gettext_noop("only judgments under this version; may be given several times"),
                flag="guideline_version",
            )
        },
    )
    categories: frozenset[str] = field(
        default=frozenset(),
        metadata={
            "choice": Categories(
                label=gettext_noop("Categories"),
                help=gettext_noop("Only tasks of these. None: all."),
                brief=gettext_noop("only tasks of this category; may be given several times"),
                flag="category",
                longest=80,
            )
        },
    )
    adjudicated_only: bool = field(
        default=False,
        metadata={
            "choice": Switch(
                label=gettext_noop("Adjudicated tasks only"),
                help=gettext_noop(
                    "A judgment by a reviewer of the project is the final word on its task."
                ),
                brief=gettext_noop("only a reviewer's final word"),
            )
        },
    )
    ties: TieChoice = field(
        default="",
        metadata={
            "choice": Word(
                label=gettext_noop("Ties"),
                document=gettext_noop("Empty: as the recipe does."),
                brief=gettext_noop("default: as the recipe does"),
                group="labels",
                words=get_args(TieChoice),
                titles={
                    "": gettext_noop("As the recipe does"),
                    "drop": gettext_noop("Leave out"),
                    "keep": gettext_noop("Keep"),
                },
            )
        },
    )
    wins_by: WinChoice = field(
        default="majority",
        metadata={
            "choice": Word(
                label=gettext_noop("What wins"),
                help=gettext_noop(
                    "In “Majority of raters”, KTO and SFT. By most preferences, one vote beside "
                    "two ties makes a pair."
                ),
                document=gettext_noop(
                    "`majority`: more than half of all votes, ties among them; `plurality`: the "
                    "most of those that prefer a response."
                ),
                brief=gettext_noop(
                    "more than half of all votes, ties among them, or the most of those that "
                    "prefer a response (default: majority)"
                ),
                group="labels",
                words=get_args(WinChoice),
                titles={
                    "majority": gettext_noop("Majority of all votes"),
                    "plurality": gettext_noop("Most preferences"),
                },
            )
        },
    )
    soft: SoftChoice = field(
        default="share",
        metadata={
            "choice": Word(
                label=gettext_noop("Soft label"),
                help=gettext_noop("What <code>chosen_prob</code> holds."),
                brief=gettext_noop(
                    "what `chosen_prob` is: the share of the votes, or a model's posterior"
                ),
                group="labels",
                folded=False,
                words=get_args(SoftChoice),
                titles={
                    "share": gettext_noop("Share of the votes"),
                    "posterior": gettext_noop("Posterior of a rater model"),
                },
            )
        },
    )
    side_only: SideChoice = field(
        default="leave_out",
        metadata={
            "choice": Word(
                label=gettext_noop("A side without a strength"),
                help=gettext_noop(
                    "What an imported label counts as that tells which response is better and not "
                    "how much. Left out only where a strength is needed."
                ),
                document=gettext_noop(
                    "The strength that labels count as which tell which response is better and "
                    "not how much; `leave_out` leaves them out where a strength is needed."
                ),
                brief=gettext_noop(
                    "what labels count as that tell which response is better and not how much: "
                    "left out where a strength is needed (default), the weakest strength, or this"
                ),
                group="labels",
                words=get_args(SideChoice),
                titles={
                    "leave_out": gettext_noop("Leave out"),
                    "weakest": gettext_noop("Count as the weakest"),
                    "2": gettext_noop("Count as strength 2"),
                    "3": gettext_noop("Count as strength 3"),
                    "4": gettext_noop("Count as strength 4"),
                },
            )
        },
    )
    edits: bool = field(
        default=True,
        metadata={
            "choice": Switch(
                label=gettext_noop("Without edited responses"),
                help=gettext_noop(
                    "Where the recipe makes pairs of what people improved, leave those out."
                ),
                brief=gettext_noop("make no pairs of responses that people edited"),
                group="labels",
                field="no_edits",
                flag="no_edits",
            )
        },
    )
    sources: frozenset[str] = field(
        default=HUMAN_ONLY,
        metadata={
            "choice": Words(
                label=gettext_noop("Judged by"),
                help=gettext_noop("People's and models' judgments are never mixed."),
                brief=gettext_noop("whose judgments take part (default: human)"),
                group="labels",
                folded=False,
                flag="source",
                words=tuple(source.value for source in Source),
                titles={
                    Source.HUMAN.value: gettext_noop("People"),
                    Source.HUMAN_AFTER_AI.value: gettext_noop(
                        "People who saw a model's judgment first"
                    ),
                    Source.AI.value: gettext_noop("Models"),
                },
            )
        },
    )

    def checked(self) -> RecipeOptions:
        """The same options. Raises OptionError, naming the field, for a value without meaning."""
        for name, choice in CHOICES.items():
            if reason := choice.fault(getattr(self, name)):
                raise OptionError(name, reason)
        return self

    def strength_of_sides(self, criterion: CriterionRecord) -> int:
        """The strength on a scale that a side alone counts as, 0 where it counts as none."""
        if self.side_only == "leave_out":
            return 0
        return criterion.strengths[0] if self.side_only == "weakest" else int(self.side_only)

    def asks(self, name: str) -> bool:
        """Whether the user asks for something by this field; of ties, whether to keep them."""
        if name == "ties":
            return self.ties == "keep"
        return bool(getattr(self, name) != getattr(DEFAULTS, name))

    def explain(self, language: Translation = ENGLISH) -> dict[str, str]:
        """The choices that differ from the defaults, in words.

        Files are written in English whoever asks for them; a screen names its reader's language.
        """
        return self._explain_floors(language) | self._explain_choices(language)

    def _explain_floors(self, language: Translation) -> dict[str, str]:
        """The filters by a number or a name."""
        gettext, ngettext = language.gettext, language.ngettext
        sentences: dict[str, str] = {}
        if self.min_strength:
            sentences[gettext("Strength floor")] = gettext(
                "Preferences weaker than %(floor)s are left out."
            ) % {"floor": self.min_strength}
        if self.min_votes:
            sentences[gettext("Votes floor")] = ngettext(
                "Tasks with fewer than %(floor)s vote are left out.",
                "Tasks with fewer than %(floor)s votes are left out.",
                self.min_votes,
            ) % {"floor": self.min_votes}
        if self.min_agreement:
            sentences[gettext("Agreement floor")] = gettext(
                "Tasks where less than %(floor)s of the votes say what most of them say are left "
                "out; a tie is a vote too."
            ) % {"floor": f"{self.min_agreement:.1%}"}
        if self.guideline_versions:
            sentences[gettext("Guideline versions")] = ngettext(
                "Only judgments made under version %(versions)s.",
                "Only judgments made under versions %(versions)s.",
                len(self.guideline_versions),
            ) % {"versions": ", ".join(map(str, sorted(self.guideline_versions)))}
        if self.categories:
            names = [name or gettext("(none)") for name in sorted(self.categories)]
            sentences[gettext("Categories")] = ngettext(
                "Only tasks of the category %(categories)s.",
                "Only tasks of the categories %(categories)s.",
                len(names),
            ) % {"categories": ", ".join(names)}
        return sentences

    def _explain_choices(self, language: Translation) -> dict[str, str]:
        """The choices that are no filters by a number or a name."""
        gettext = language.gettext
        sentences: dict[str, str] = {}
        if self.adjudicated_only:
            sentences[gettext("Adjudicated")] = gettext(
                "Only tasks with a reviewer's final word, and of those only the newest word."
            )
        if self.ties:
            sentences[gettext("Ties asked for")] = (
                gettext("Ties are kept.") if self.ties == "keep" else gettext("Ties are left out.")
            )
        if self.wins_by == "plurality":
            sentences[gettext("What wins")] = gettext(
                "The response that most of the votes prefer which prefer one: ties are not "
                "counted, and the winner may have fewer than half of all votes."
            )
        if self.side_only != "leave_out":
            sentences[gettext("A side without a strength")] = (
                gettext("Labels that tell the side only count as the weakest strength.")
                if self.side_only == "weakest"
                else gettext("Labels that tell the side only count as strength %(strength)s.")
                % {"strength": self.side_only}
            )
        if self.soft == "posterior":
            sentences[gettext("Soft labels")] = gettext(
                "`chosen_prob` is the posterior of a Dawid-Skene model of the raters, not the "
                "share of the votes."
            )
        if not self.edits:
            sentences[gettext("Edits")] = gettext("Edited responses make no rows.")
        if self.sources != HUMAN_ONLY:
            names = [gettext(_SOURCES.get(source, source)) for source in sorted(self.sources)]
            sentences[gettext("Sources")] = gettext("Only judgments by %(sources)s.") % {
                "sources": gettext(" and ").join(names)
            }
        return sentences


#: How each option is asked for, in the order of the fields.
CHOICES: dict[str, Choice] = {
    option.name: option.metadata["choice"] for option in fields(RecipeOptions)
}
#: What holds where nothing is asked for.
DEFAULTS = RecipeOptions()
