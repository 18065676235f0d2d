"""Which kind of task the rows of a file become in a project, and what was made of them in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from labeling.datasets.readers import SHAPES, Detection, looking
from labeling.datasets.readers.taskkinds import KIND_WORD
from labeling.datasets.rows import ImportRow
from labeling.imports import files
from labeling.imports.rubrics import LabelRubrics
from labeling.models import Task
from labeling.vocabulary import ASKED_AS_REVIEW, TaskKind
from projects.models import Project

#: What the page offers for every row of a file.
KIND_CHOICES = [
    ("", _("as the row says, or by its number of responses")),
    (TaskKind.COMPARE.value, _("compare two responses")),
    (TaskKind.RANK.value, _("rank three or more responses")),
    (TaskKind.RATE.value, _("rate each response by itself")),
    (TaskKind.RULE.value, _("check each response against the principles")),
    (TaskKind.WRITE.value, _("write the answer, or improve the draft")),
]
#: Pairs of a file that are looked for in the project.
_PAIRS = 36


def settled_mapping(
    *, project: Project, token: str, mapping: Mapping[str, str], shown: Detection
) -> dict[str, str]:
    """The mapping of an upload, with the kind of task where its rows may be of several kinds.

    What the user says stands. Else such rows are of the first of their kinds that the project
    takes, and remain pairs where their pairs are in the project.
    """
    shape = SHAPES.get(shown.format or "")
    settled = dict(mapping)
    if shape is None or not shape.kinds or mapping.get(KIND_WORD) or shown.questions:
        return settled
    rubrics = LabelRubrics(project)
    taken = [kind for kind in shape.kinds if rubrics.takes(kind)]
    if not taken:
        return settled
    may_be_paired = TaskKind.COMPARE in taken[1:]
    if taken[0] != shape.kinds[0]:
        settled[KIND_WORD] = taken[0].value
    elif may_be_paired and _has_pairs(project, token, shape.key, settled):
        settled[KIND_WORD] = TaskKind.COMPARE.value
    return settled


def _has_pairs(project: Project, token: str, format: str, mapping: Mapping[str, str]) -> bool:
    """Whether one of the first pairs of an upload is a comparison of the project."""
    comparisons = Task.objects.in_play().filter(project=project, kind=TaskKind.COMPARE)
    if not comparisons.exists():
        return False
    paired = {**mapping, KIND_WORD: TaskKind.COMPARE.value}
    preview = looking.look_at_first(
        files.path_of(token), format=format, mapping=paired, limit=_PAIRS
    )
    ids = [row.external_id for row in preview.rows if isinstance(row, ImportRow)]
    return comparisons.filter(external_id__in=ids).exists()


def kinds_in_words(kinds: Mapping[str, int]) -> list[str]:
    """How many tasks of each kind rows were about, a phrase a kind."""
    words = {
        TaskKind.COMPARE: lambda n: ngettext("%(n)d comparison", "%(n)d comparisons", n),
        TaskKind.RANK: lambda n: ngettext("%(n)d ranking", "%(n)d rankings", n),
        TaskKind.RATE: lambda n: ngettext("%(n)d rating", "%(n)d ratings", n),
        TaskKind.RULE: lambda n: ngettext("%(n)d check of rules", "%(n)d checks of rules", n),
        TaskKind.WRITE: lambda n: ngettext("%(n)d text to write", "%(n)d texts to write", n),
        ASKED_AS_REVIEW: lambda n: ngettext("%(n)d review", "%(n)d reviews", n),
    }
    return [words[kind](kinds[kind]) % {"n": kinds[kind]} for kind in words if kinds.get(kind)]
