"""What the agreement page opens with: a sentence a primary question, and a row a criterion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.lead.agreement.drawings import FigureRow, Json
from projects.models import Criterion
from projects.scales import (
    CONVERSATION,
    GATE,
    ORDINAL,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    YES_NO,
)
from projects.templatetags.concord import percent, rare

_Rows = Callable[[Criterion, Json], Sequence[FigureRow]]

#: The order of the tables, and what each is called.
_TITLES: Mapping[str, Promise] = {
    PREFERENCES: gettext_lazy("Preferences"),
    RANKING: gettext_lazy("Rankings"),
    ORDINAL: gettext_lazy("Ratings of each response"),
    YES_NO: gettext_lazy("Yes or no of each response"),
    PER_PRINCIPLE: gettext_lazy("Rules"),
    CONVERSATION: gettext_lazy("Ratings of the conversation"),
    GATE: gettext_lazy("Whether tasks can be judged"),
}

_SENTENCES: Mapping[str, Promise] = {
    PREFERENCES: gettext_lazy(
        "Two people agree on which response is better in “%(label)s” %(share)s."
    ),
    RANKING: gettext_lazy(
        "Of two responses, two people put the same one first in “%(label)s”, or both level, "
        "%(share)s."
    ),
    ORDINAL: gettext_lazy("Two people give a response the same rating of “%(label)s” %(share)s."),
    YES_NO: gettext_lazy("Two people say the same of a response on “%(label)s” %(share)s."),
    PER_PRINCIPLE: gettext_lazy(
        "Two people say the same of a response and a rule in “%(label)s” %(share)s."
    ),
}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One criterion: its figures in the order of the columns, or why there are none."""

    key: str
    label: str
    scale: str
    figures: Sequence[FigureRow]


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """The criteria that are answered alike."""

    title: str
    rows: Sequence[SummaryRow]

    @property
    def heads(self) -> Sequence[FigureRow]:
        """The figures of the first row: their labels head the columns."""
        return self.rows[0].figures


def summary_tables(
    criteria: Sequence[Criterion], report: Json, rows_of: _Rows
) -> list[SummaryTable]:
    """One table a kind of answer, one row a criterion, in the order of the rubric."""
    tables: dict[str, list[SummaryRow]] = {answer: [] for answer in _TITLES}
    for criterion in criteria:
        figures = report["criteria"][criterion.key]
        row = SummaryRow(
            criterion.key, criterion.label, _(criterion.scale.title), rows_of(criterion, figures)
        )
        tables[figures["answer"]].append(row)
    return [SummaryTable(str(_TITLES[answer]), rows) for answer, rows in tables.items() if rows]


def opening_sentences(criteria: Sequence[Criterion], report: Json, rows_of: _Rows) -> list[str]:
    """How often two people agree on each primary question, and how often rules are broken."""
    sentences = []
    for criterion in criteria:
        if not criterion.is_primary:
            continue
        figures = report["criteria"][criterion.key]
        same = rows_of(criterion, figures)[0]
        if same.figure["value"] is not None:
            words = str(_SENTENCES[figures["answer"]])
            sentences.append(words % {"label": criterion.label, "share": _share(same)})
        if figures["answer"] == PER_PRINCIPLE and figures["violation"]["value"] is not None:
            sentences.append(_broken(figures["violation"]))
    return sentences


def _share(row: FigureRow) -> str:
    figure = row.figure
    n = f"{figure['n']:,} {row.counted}"
    if figure["low"] is None:
        words = _("%(value)s of the time (no interval, n = %(n)s)")
        return words % {"value": percent(figure["value"]), "n": n}
    words = _("%(value)s of the time (%(low)s to %(high)s, n = %(n)s)")
    ends = {end: percent(figure[end]) for end in ("low", "high")}
    return words % {"value": percent(figure["value"]), **ends, "n": n}


def _broken(figure: Json) -> str:
    n, value = figure["n"], figure["value"]
    known = {name: rare(figure[name]) for name in ("low", "high") if figure[name] is not None}
    if not value and "high" not in known:
        words = ngettext(
            "%(n)s answer does not say that a rule is broken.",
            "None of %(n)s answers says that a rule is broken.",
            n,
        )
    elif not value:
        words = ngettext(
            "%(n)s answer does not say that a rule is broken; the rate is at most %(high)s.",
            "None of %(n)s answers says that a rule is broken; the rate is at most %(high)s.",
            n,
        )
    elif "low" not in known:
        words = ngettext(
            "Rules are broken in %(value)s of %(n)s answer (no interval).",
            "Rules are broken in %(value)s of %(n)s answers (no interval).",
            n,
        )
    else:
        words = ngettext(
            "Rules are broken in %(value)s of %(n)s answer (%(low)s to %(high)s).",
            "Rules are broken in %(value)s of %(n)s answers (%(low)s to %(high)s).",
            n,
        )
    return words % {"n": f"{n:,}", "value": rare(value), **known}
