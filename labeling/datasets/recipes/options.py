"""What a user may choose beside the recipe: which judgments take part, how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from labeling.datasets.reasons import HUMAN_ONLY
from labeling.datasets.recipes.choices import (
    Amount,
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
from projects.words import gettext_noop

#: What becomes of ties: "" is the recipe's own policy.
TieChoice = Literal["", "keep", "drop"]
#: What stands in `chosen_prob`: the share of the votes, or the posterior of a model of the raters.
SoftChoice = Literal["share", "posterior"]
#: What wins where votes are put together: more than half of all of them, or most preferences.
WinChoice = Literal["majority", "plurality"]
#: What a label that tells the side only counts as, where a strength is needed.
SideChoice = Literal["leave_out", "weakest", "2", "3", "4"]


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
        threshold: a response rated so or higher is good and one rated lower is bad; 0 where the
            rating says it by itself, as a thumb does.
        low_is_good: the lower rating is the better one.
        least_margin: two responses whose mean ratings differ by less are no pair.
        rejected_drafts: texts that a reviewer rejected make rows too.
        own_words: texts that were mostly pasted, or whose author declared a tool, are left out.
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
                    "In “Majority of raters”, KTO, SFT and rules. By most preferences, one vote "
                    "beside two ties makes a pair."
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

    threshold: int = field(
        default=0,
        metadata={
            "choice": Count(
                label=gettext_noop("Threshold of ratings"),
                help=gettext_noop(
                    "A response rated so or higher is good, one rated lower is bad. A thumb needs "
                    "none."
                ),
                brief=gettext_noop("call responses rated so or higher good, and lower ones bad"),
                most=100,
                recipes=("kto", "sft"),
            )
        },
    )
    low_is_good: bool = field(
        default=False,
        metadata={
            "choice": Switch(
                label=gettext_noop("Low ratings are the better ones"),
                help=gettext_noop("For harm, refusals and the like."),
                document=gettext_noop("The lower rating is the better one."),
                brief=gettext_noop("take the lower rating for the better one"),
                group="labels",
                recipes=("kto", "sft", "margin"),
            )
        },
    )
    least_margin: float = field(
        default=0.0,
        metadata={
            "choice": Amount(
                label=gettext_noop("Ratings differ by at least"),
                help=gettext_noop("Closer mean ratings make no pair. Empty: any difference does."),
                brief=gettext_noop("make no pair of responses whose mean ratings differ by less"),
                most=100,
                recipes=("margin",),
            )
        },
    )
    rejected_drafts: bool = field(
        default=False,
        metadata={
            "choice": Switch(
                label=gettext_noop("Rejected drafts too"),
                help=gettext_noop("A column says which texts a reviewer rejected."),
                document=gettext_noop(
                    "Texts that a reviewer rejected make rows too; `decision` tells them apart."
                ),
                brief=gettext_noop("make rows of texts that a reviewer rejected as well"),
                group="labels",
                recipes=("demonstrations",),
            )
        },
    )

    own_words: bool = field(
        default=False,
        metadata={
            "choice": Switch(
                label=gettext_noop("Own words only"),
                help=gettext_noop(
                    "Leaves out texts that were mostly pasted (more than 80%) or whose author "
                    "declared a tool. Both are hints, never verdicts."
                ),
                brief=gettext_noop("leave out texts mostly pasted or with a tool declared"),
                group="labels",
                recipes=("llama3", "hh", "sft", "demonstrations"),
            )
        },
    )

    def checked(self) -> RecipeOptions:
        """The same options. Raises OptionError, naming the field, for a value without meaning."""
        for name, choice in CHOICES.items():
            if reason := choice.fault(getattr(self, name)):
                raise OptionError(name, reason)
        return self

    def plain(self) -> dict[str, object]:
        """The choices as plain data: those of every recipe, of the others what is asked for."""
        return {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, choice in CHOICES.items()
            for value in (getattr(self, name),)
            if not choice.recipes or self.asks(name)
        }

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


#: How each option is asked for, in the order of the fields.
CHOICES: dict[str, Choice] = {
    option.name: option.metadata["choice"] for option in fields(RecipeOptions)
}
#: What holds where nothing is asked for.
DEFAULTS = RecipeOptions()
