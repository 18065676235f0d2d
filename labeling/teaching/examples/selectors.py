"""What an example may be about, what is right on it in words, and how many answer it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from labeling import stats
from labeling.kinds import kind_for
from labeling.kinds.shapes import from_submitted
from labeling.models import Response, Task
from projects.models import Criterion, Project, WorkedExample
from projects.scales import PREFERENCES, RANKING, RESPONSE
from projects.selectors.rubric import asked_criteria

#: Families of questions to which an answer can be known to be right, whatever the guideline says
#: of principles, and whoever writes.
KNOWABLE = frozenset({PREFERENCES, RANKING, RESPONSE})


#: Below this share of right answers the example or the guideline is unclear, not its raters.
CLEAR = 0.6


@dataclass(frozen=True, slots=True)
class PassRate:
    """How many answered one version of an example rightly."""

    right: int
    n: int
    figure: stats.Figure

    @property
    def is_unclear(self) -> bool:
        """Whether it is time to mend the example, or the guideline."""
        return self.n > 0 and self.right < CLEAR * self.n


def pass_rates(project: Project) -> dict[int, PassRate]:
    """The rate of each version of an example, by its id."""
    counted = WorkedExample.objects.filter(project=project).annotate(
        n=Count("attempts"), right_n=Count("attempts", filter=Q(attempts__is_right=True))
    )
    return {
        pk: PassRate(
            right,
            n,
            stats.share(
                right,
                n,
                _("answers to this version of the example that are right"),
                nothing=_("Nobody has answered it yet."),
            ),
        )
        for pk, n, right in counted.values_list("pk", "n", "right_n")
    }


def knowable_questions(project: Project) -> list[Criterion]:
    """The questions that an example can ask."""
    return [c for c in asked_criteria(project) if c.scale.family in KNOWABLE]


def example_sizes(question: Criterion) -> tuple[int, int]:
    """The fewest and the most responses of an example: two teach what an order is."""
    fewest, most = kind_for(question.scale).sizes
    return min(fewest, 2), most


def example_versions(project: Project, number: int) -> QuerySet[WorkedExample]:
    """Every version of one example, newest first."""
    rows = WorkedExample.objects.filter(project=project, number=number)
    return rows.select_related("author").order_by("-version")


def right_words(criterion: Criterion, shapes: Sequence[object]) -> str:
    """Answers that are accepted, in the words of the scale's buttons where each has its own."""
    kind, options = kind_for(criterion.scale), criterion.scale.options
    labels = {option.value: str(option.label) for option in reversed(options)}
    has_labels = len(set(labels.values())) == len(labels)
    said = []
    for shape in shapes:
        parts = []
        for answer in from_submitted(criterion, shape):
            tie = "equal_good" if answer.value == 0 and answer.question.scale.has_tie else ""
            value = answer.value or 0
            words = answer.unsaid or kind.words(criterion, value, tie)
            if has_labels and value in labels and not answer.unsaid:
                words = _(labels[value])
            name = "" if answer.response is None else f"{chr(ord('A') + answer.response)}: "
            parts.append(f"{name}{words}")
        said.append(", ".join(parts))
    return _(" or ").join(said)


def texts_of(task: Task) -> tuple[str, list[str]]:
    """Prompt and responses of a task as plain texts, in the canonical order."""
    turns = task.prompt.messages
    if len(turns) == 1:
        prompt = str(turns[0].get("content") or "")
    else:
        prompt = "\n\n".join(f"{turn['role']}: {turn.get('content') or ''}" for turn in turns)
    texts = dict(Response.objects.filter(pk__in=task.response_ids).values_list("pk", "content"))
    return prompt, [texts.get(pk, "") for pk in task.response_ids]
