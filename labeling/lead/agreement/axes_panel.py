"""What the agreement page shows of comparisons that pull apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.lead.agreement.drawings import Json
from projects.models import Project
from projects.scales import Scale
from projects.templatetags.concord import rare


@dataclass(frozen=True, slots=True)
class AxisRow:
    """One axis beside overall: the figure, and how many tasks of each case."""

    label: str
    figure: Json
    same: int
    opposite: int
    level: int


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Two axes, and how often they prefer different responses."""

    labels: tuple[str, str]
    figure: Json


@dataclass(frozen=True, slots=True)
class BinsRow:
    """A question about each response with yes or no: in how many tasks of which it was said."""

    label: str
    figures: Sequence[tuple[str, Json]]


@dataclass(frozen=True, slots=True)
class AxesPanel:
    """The share of tasks with a conflict in a sentence, every two axes, and each beside overall."""

    conflict: str
    has_axes: bool
    pairs: Sequence[ConflictRow]
    overall: Sequence[AxisRow]
    bins: Sequence[BinsRow]


def axes_panel(project: Project, axes: Json | None) -> AxesPanel | None:
    """The panel; None where nothing is compared beside the primary question."""
    if axes is None:
        return None
    criteria = {criterion.key: criterion for criterion in project.criteria.all()}
    labels = {key: criterion.label for key, criterion in criteria.items()}
    return AxesPanel(
        conflict=_conflict(axes["conflict"]),
        has_axes=bool(axes["pairs"]),
        pairs=[
            ConflictRow((labels[pair["a"]], labels[pair["b"]]), pair["conflict"])
            for pair in axes["pairs"]
        ],
        overall=[_beside(labels, row) for row in axes["with_overall"]],
        bins=[
            BinsRow(labels[key], _bins(criteria[key].scale, figures))
            for key, figures in axes["bins"].items()
        ],
    )


def _bins(scale: Scale, figures: Json) -> list[tuple[str, Json]]:
    """What each share is of, in the words of the scale."""
    word = next(_(option.label) for option in scale.options if option.value)
    heads = {
        "preferred_only": _("%(word)s: the preferred one alone"),
        "other_only": _("%(word)s: the other one alone"),
        "both": _("%(word)s: both"),
        "neither": _("%(word)s: neither"),
    }
    return [(head % {"word": word}, figures[name]) for name, head in heads.items()]


def _beside(labels: Mapping[str, str], row: Json) -> AxisRow:
    level = row["axis_level"] + row["overall_level"] + row["both_level"]
    return AxisRow(labels[row["axis"]], row["follows"], row["same"], row["opposite"], level)


def _conflict(figure: Json) -> str:
    """Such as: conflict 30.0% (6/20), 95% interval 14.5% to 51.9%."""
    if figure["value"] is None:
        return ""
    share = {
        "share": rare(figure["value"]),
        "n": f"{round(figure['value'] * figure['n']):,}",
        "of": f"{figure['n']:,}",
    }
    if figure["low"] is None:
        return _("Conflict %(share)s (%(n)s/%(of)s), no interval.") % share
    ends = {end: rare(figure[end]) for end in ("low", "high")}
    return _("Conflict %(share)s (%(n)s/%(of)s), 95%% interval %(low)s to %(high)s.") % {
        **share,
        **ends,
    }
