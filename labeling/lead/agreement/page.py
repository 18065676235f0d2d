"""What the agreement page shows of a report: words and charts for every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from labeling.lead.agreement.answer_rows import headline_rows, third_rows
from labeling.lead.agreement.axes_panel import AxesPanel, axes_panel
from labeling.lead.agreement.drawings import FigureRow, Json
from labeling.lead.agreement.panels import AnswersPanel, answers_panel, nothing_yet
from labeling.lead.agreement.preference_panel import (
    Panel,
    limit_rows,
    nobody_twice,
    preference_headline,
    preference_panel,
)
from labeling.lead.agreement.report import agreement_state
from labeling.lead.agreement.summary import SummaryTable, opening_sentences, summary_tables
from labeling.models.exclusions import NOTHING_EXCLUDED, ExcludedSum
from projects.models import Criterion, Project
from projects.scales import PER_PRINCIPLE, PREFERENCES, RANKING, RESPONSE
from projects.selectors.rubric import several_versions, spanned_wordings

#: Up to so many answers are computed for a glance: a page that shows much else.
GLANCE_ANSWERS = 10_000

#: Of a project that is judged in several ways the first of these is quoted.
_FAMILIES = (PREFERENCES, RANKING, RESPONSE, PER_PRINCIPLE)


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """The sentences and tables that come first, and a panel a criterion."""

    opening: Sequence[str]
    tables: Sequence[SummaryTable]
    panels: Sequence[Panel | AnswersPanel]
    axes: AxesPanel | None = None

    @property
    def has_others(self) -> bool:
        """Whether something else than preferences is judged."""
        return any(not panel.is_preference for panel in self.panels)


def agreement_page(project: Project, report: Json) -> AgreementPage:
    """Everything the page shows of a report, criteria in the order of the rubric."""
    criteria = [c for c in project.criteria.all() if c.key in report["criteria"]]
    spans = spanned_wordings(project, report["rubric_versions"])

    def rows_of(criterion: Criterion, figures: Json) -> Sequence[FigureRow]:
        return _summary_rows(project, criterion, figures)

    return AgreementPage(
        opening=opening_sentences(criteria, report, rows_of),
        tables=summary_tables(criteria, report, rows_of),
        panels=[
            _panel(project, criterion, report["criteria"], spans.get(criterion.pk, ""))
            for criterion in criteria
        ],
        axes=axes_panel(project, report["axes"]),
    )


def _summary_rows(project: Project, criterion: Criterion, figures: Json) -> list[FigureRow]:
    """The figures in the row of a criterion; all rows of one kind of answer have as many."""
    if figures["answer"] != PREFERENCES:
        return [*headline_rows(figures), *third_rows(figures)]
    limits = limit_rows(figures)
    same, alpha = headline(project, criterion, figures)
    return [same, alpha, limits["self_consistency"], limits["noise_ceiling"]]


@dataclass(frozen=True, slots=True)
class Glance:
    """The two figures to quote of the primary criterion, as the whole page has them.

    `figures` are empty where there are none; `nothing` says why, or that they are on their way.
    `newer` judgments are not in them. `several_versions` is a sentence, or nothing.
    """

    wording: str
    figures: Sequence[FigureRow]
    nothing: str
    computed_at: datetime | None = None
    newer: int = 0
    several_versions: str = ""
    excluded_sum: ExcludedSum = NOTHING_EXCLUDED


def agreement_at_a_glance(project: Project) -> Glance | None:
    """Agreement on the primary criterion from the report that the whole page shows.

    Of a project that is judged in several ways: on its primary preference, else ranking, else
    question about each response.
    """
    prefetch_related_objects([project], "criteria")  # the report is told by them too
    primary = {c.family: c for c in project.criteria.all() if c.is_primary}
    criterion = next((primary[family] for family in _FAMILIES if family in primary), None)
    if criterion is None:
        return None
    state = agreement_state(project, at_once=GLANCE_ANSWERS)
    figures = state.report.data["criteria"].get(criterion.key) if state.report else None
    nothing = _nothing_of(figures) if figures else ""
    if state.report is None or figures is None or (state.newer and nothing):
        later = _("The figures are being computed. Look again in a minute.")
        return Glance(criterion.wording, (), later)
    quoted = () if nothing else headline(project, criterion, figures)
    several = several_versions(state.report.data.get("rubric_versions", {}))
    computed_at = state.report.computed_at
    return Glance(
        criterion.wording,
        quoted,
        nothing,
        computed_at,
        state.newer,
        several,
        state.excluded_sum,
    )


def _nothing_of(figures: Json) -> str:
    """The sentence for a criterion of any kind on which nobody can agree yet, or nothing."""
    if figures["answer"] == PREFERENCES:
        return nobody_twice(figures["counts"])
    return nothing_yet(figures)


def headline(project: Project, criterion: Criterion, figures: Json) -> tuple[FigureRow, FigureRow]:
    """The two figures to quote of a criterion, wherever they are shown: raw, and beyond chance."""
    if figures["answer"] == PREFERENCES:
        return preference_headline(project, criterion, figures)
    same, chance, *_others = headline_rows(figures)
    return same, chance


def _panel(
    project: Project, criterion: Criterion, figures: Mapping[str, Json], spans: str
) -> Panel | AnswersPanel:
    own = figures[criterion.key]
    if own["answer"] == PREFERENCES:
        return preference_panel(project, criterion, own, spans)
    return answers_panel(criterion, own, spans)
