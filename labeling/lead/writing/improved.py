"""How often raters improve the response that they prefer, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from labeling import stats
from labeling.models import Answer, Judgment, Writing
from labeling.vocabulary import Strategy, TaskKind
from projects.models import AuditEvent, Project

#: Reviews, texts and edits of a project that the figures rest on: the newest.
MOST_ROWS = 50_000


class WinnerEdit(NamedTuple):
    """What a rater made of the winner of a comparison, or left as it was (`distance` is 0)."""

    judgment: int
    distance: float
    typed: int | None
    pasted: int | None
    declares: bool


def improvement_figures(project: Project, edits: Sequence[WinnerEdit]) -> dict[str, Any]:
    """Of comparisons judged here while their winner could be improved: the share that was, the
    share of opened editors that were left as they were, and how much an edit changes."""
    offered = _offered(project)
    changed = [edit for edit in edits if edit.distance]
    return {
        "improved": stats.share(
            sum(edit.judgment in offered for edit in changed),
            len(offered),
            _("comparisons with a preferred response whose winner was improved"),
            nothing=_("Nobody could improve a winner yet."),
        ),
        "no_ops": stats.share(
            len(edits) - len(changed),
            len(edits),
            _("opened editors that were left with nothing changed but white space"),
            nothing=_("No winner was opened to be improved yet."),
        ),
        "winner_edit_size": stats.median_of(
            [edit.distance for edit in changed],
            _("words changed in the preferred response, of the longer text"),
            nothing=_("No winner has been improved yet."),
        ),
    }


def winner_edits(project: Project) -> list[WinnerEdit]:
    """The edits of winners that count, newest first."""
    counting = Judgment.objects.filter(project=project, task__kind=TaskKind.COMPARE).counting()
    edits = Writing.objects.filter(judgment__in=counting, distance__isnull=False).order_by("-pk")
    columns = ("judgment_id", "distance", "typed", "pasted", "declared_assist")
    rows: Iterable[tuple[Any, ...]] = edits.values_list(*columns)[:MOST_ROWS]
    return [WinnerEdit(*row) for row in rows]


def _offered(project: Project) -> frozenset[int]:
    """The judgments that prefer a response, of those given while it could be improved."""
    spells = _spells(project)
    if not spells:
        return frozenset()
    offered = Q()
    for began, ended in spells:
        spell = Q(judgment__created_at__gte=began)
        offered |= spell & Q(judgment__created_at__lt=ended) if ended else spell
    answers = Answer.objects.filter(
        offered,
        judgment__project=project,
        judgment__task__kind=TaskKind.COMPARE,
        criterion__is_primary=True,
        response__isnull=True,
    ).counting()
    preferring = answers.exclude(value=0).exclude(judgment__strategy=Strategy.IMPORTED)
    newest = preferring.order_by("-judgment").values_list("judgment_id", flat=True)
    return frozenset(newest[:MOST_ROWS])


def _spells(project: Project) -> list[tuple[datetime, datetime | None]]:
    """From when to when winners could be improved, by the log of settings; None is until now."""
    changes = AuditEvent.objects.filter(
        project=project, verb="settings changed", detail__has_key="edit_winner"
    ).order_by("pk")
    spells: list[tuple[datetime, datetime | None]] = []
    moments = list(changes.values_list("at", "detail__edit_winner"))
    was_offered = moments[0][1][0] == "True" if moments else project.edit_winner
    began: datetime | None = project.created_at if was_offered else None
    for at, (_before, new) in moments:
        if new == "True":
            began = began or at
        elif began:
            spells.append((began, at))
            began = None
    return [*spells, (began, None)] if began else spells
