"""How a ranking of models is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from labeling.charts import Standings, StandingsPlace, alone, standings_chart
from labeling.lead.agreement.drawings import drawn, for_both_widths
from labeling.lead.ranking.figures import Plain

#: More models are a table alone.
DRAWN_MODELS = 30


def places(lines: Sequence[Plain]) -> list[StandingsPlace]:
    """The models of a ranking as rows of a chart."""
    return [_place(line) for line in lines]


def _place(line: Plain) -> StandingsPlace:
    value, low, high, _n, reason = line["win_rate"]
    return StandingsPlace(line["model"], value, low, high, line["group"], reason or "")


def standings_of(rankings: Plain) -> list[Standings]:
    """The ranking as judged, and at equal style where there is one."""
    columns = [Standings(_("As judged"), places(rankings["raw"]["standings"]))]
    equal = rankings["controlled"]
    if any(line["win_rate"][0] is not None for line in equal["standings"]):
        title = _("Length and formatting held equal")
        columns.append(Standings(title, places(equal["standings"])))
    return columns


def ranking_drawing(rankings: Plain) -> SafeString | None:
    """Both rankings side by side, and below each other for a phone; None of too many models."""
    if len(rankings["raw"]["standings"]) > DRAWN_MODELS:
        return None
    columns, title = standings_of(rankings), _("Wins against the others")
    wide = standings_chart(columns, ident="ranking", title=title)
    narrow = standings_chart(columns, ident="ranking-narrow", title=title, is_narrow=True)
    return for_both_widths(wide, narrow)


def ranking_file(rankings: Plain) -> str:
    """The same drawing as a file of its own."""
    columns = standings_of(rankings)
    return alone(standings_chart(columns, ident="ranking", title=_("Wins against the others")))


def category_drawing(part: Plain, ident: str, order: Sequence[str]) -> SafeString:
    """The ranking in one category, models in the order of the whole."""
    place = {name: number for number, name in enumerate(order)}
    lines = sorted(part["standings"], key=lambda line: place.get(line["model"], len(place)))
    column = Standings(_("Wins against the others"), places(lines))
    return drawn(standings_chart([column], ident=ident, title=part["name"]))
