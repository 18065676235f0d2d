"""What is asked about each response by itself, to stand beside its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from labeling.kinds import kind_of
from labeling.kinds.steps import StepRow, step_row
from labeling.rating.desk import ShownResponse, TaskView
from labeling.rating.forms import ANSWER_PREFIX, Filled
from projects.models import Criterion, Principle
from projects.scales import PER_PRINCIPLE


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about one response: the field that it posts, its words and its buttons.

    Of a question about principles there is one for each, named by it.
    """

    key: str
    name: str
    short: str
    wording: str
    help_text: str
    required: bool
    row: StepRow
    error: str = ""


@dataclass(frozen=True, slots=True)
class ResponsePanel:
    """All that is asked about one response.

    `lacks_principles`: its task asks about principles, and the guideline has none of them.
    """

    slot: str
    title: str
    asks: Sequence[Ask]
    lacks_principles: bool = False


def task_panels(view: TaskView, filled: Filled, errors: Mapping[str, str]) -> list[ResponsePanel]:
    """A panel for each response in the order shown; none where nothing is asked so.

    What is wrong with a question is said where it has no answer yet, else at its first.
    """
    if not kind_of(view.asked_as).asks_beside_texts:
        return []
    criteria = [criterion for criterion in view.criteria if criterion.scale.per == "response"]
    if not criteria:
        return []
    panels = [_panel(view, shown, criteria, filled) for shown in view.responses]
    for key, error in errors.items():
        panels = _complain(panels, key, error)
    return panels


def _panel(
    view: TaskView, shown: ShownResponse, criteria: Sequence[Criterion], filled: Filled
) -> ResponsePanel:
    if len(view.responses) == 1:
        title = gettext("This response")
    elif shown.name == shown.slot:
        title = gettext("Response %(name)s") % {"name": shown.name}
    else:
        title = shown.name  # the scale calls it “Response 1” already
    asks = [
        ask
        for criterion in criteria
        for ask in _asks(criterion, shown.slot, view.principles, filled)
    ]
    asks_rules = any(criterion.scale.family == PER_PRINCIPLE for criterion in criteria)
    return ResponsePanel(shown.slot, title, asks, asks_rules and not view.principles)


def _asks(
    criterion: Criterion, slot: str, principles: Sequence[Principle], filled: Filled
) -> Iterator[Ask]:
    wording = criterion.wording or gettext(criterion.scale.question)
    name = f"{criterion.key}.{slot}"
    ask = Ask(
        key=criterion.key,
        name=f"{ANSWER_PREFIX}{name}",
        short=criterion.label,
        wording=wording,
        help_text=criterion.help_text,
        required=criterion.is_required,
        row=step_row(criterion, filled.codes.get(name, "")),
    )
    if criterion.scale.family != PER_PRINCIPLE:
        yield ask
        return
    for principle in principles:
        of_principle = f"{name}.P{principle.number}"
        yield replace(
            ask,
            name=f"{ANSWER_PREFIX}{of_principle}",
            short=str(principle),
            help_text=principle.text,
            row=step_row(criterion, filled.codes.get(of_principle, "")),
        )


def _complain(panels: list[ResponsePanel], key: str, error: str) -> list[ResponsePanel]:
    places = [(i, j) for i, panel in enumerate(panels) for j, ask in enumerate(panel.asks)]
    mine = [(i, j) for i, j in places if panels[i].asks[j].key == key]
    if not mine:
        return panels
    unanswered = [(i, j) for i, j in mine if not panels[i].asks[j].row.said]
    at = (unanswered or mine)[0]
    return [
        replace(
            panel,
            asks=[
                replace(ask, error=error) if (i, j) == at else ask
                for j, ask in enumerate(panel.asks)
            ],
        )
        for i, panel in enumerate(panels)
    ]
