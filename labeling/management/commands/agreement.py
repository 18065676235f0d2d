"""`agreement PROJECT`: every agreement figure, as a table or as JSON."""

from __future__ import annotations

import json
import textwrap
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.lead.agreement.report import agreement_report
from labeling.lead.agreement.selectors import ResponseOrder
from projects.models import Project
from projects.scales import (
    CONVERSATION,
    GATE,
    ORDINAL,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    YES_NO,
)

_Json = Mapping[str, Any]

#: Pairs of raters in the table, those with the most shared tasks; --json has all of them.
_PAIRS = 50


class Command(BaseCommand):
    """Door to `labeling.lead.agreement.report`."""

    help = (
        "Print how far the raters of a project agree: percent agreement with its three tie "
        "conventions, Krippendorff's alpha, Fleiss' kappa, Gwet's AC1, Brennan-Prediger and "
        "Cohen's kappa for every pair of raters, besides noise ceiling, self-consistency and side "
        "bias; of rankings Kendall's tau-b and W, alpha of the pairs they imply and circular "
        "triads; of ratings, rules and yes or no alpha, AC1, intraclass correlations and rates. "
        "Each with n and a 95% interval. What is undefined is said in words."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project, and whether programs read the output."""
        parser.add_argument("project", metavar="PROJECT", help="slug of the project")
        parser.add_argument(
            "--order",
            choices=list(map(str, ResponseOrder)),
            default=str(ResponseOrder.ANY),
            help="any (the default): no figure of a preference depends on which response is called "
            "the first; source: plain coefficients in the order of the imported rows, to compare "
            "with published figures",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the report."""
        slug = options["project"]
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no project “{slug}”. Projects: {known or 'none yet'}.")
        report = agreement_report(project, order=ResponseOrder(options["order"]))
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False))
            return
        for line in _table(report):
            self.stdout.write(line)


def _table(report: _Json) -> Iterator[str]:
    """The lines of the table: a head, then a block a criterion."""
    if report["judgments"]:
        yield (
            f"{report['project']}: {report['judgments']:,} judgments of {report['tasks']:,} tasks "
            f"by {report['raters']:,} raters"
        )
    else:
        yield f"{report['project']}: no task has a judgment yet that counts here"
    if report["order"] == ResponseOrder.SOURCE:
        yield "Preferences in the order in which the imported rows listed the responses."
        if report["unordered"]:
            yield (
                f"Not in these figures: {report['unordered']:,} judgments of tasks whose row is "
                "not known. Importing their file again tells it."
            )
    if report["left_out"]:
        yield (
            f"Not in these figures: {report['left_out']:,} judgments of gold, repeated or training "
            "tasks, of machines, or without an answer."
        )
    if report["axes"]:
        yield ""
        yield "beside the primary comparison"
        yield from _axes(report["axes"])
    for key, figures in report["criteria"].items():
        yield ""
        yield key
        yield from _LINES[figures["answer"]](figures)
        if figures["passages"]:
            yield from _line("marked: overlap", figures["passages"]["overlap"])
            yield from _line("marked: by both", figures["passages"]["marked_by_both"])
        if figures["regions"]:
            yield from _line("regions: mean IoU", figures["regions"]["iou"])
            yield from _line("regions: by both", figures["regions"]["marked_by_both"])
        for turn in figures["turns"]:
            yield from _line(f"turn {turn['turn']}: same answer", turn["agreement"])
            yield from _line(f"turn {turn['turn']}: beyond chance", turn["beyond_chance"])
        yield from _pairs(figures["pairs"])


def _axes(axes: _Json) -> Iterator[str]:
    if axes["pairs"]:
        yield from _line("conflict", axes["conflict"])
    if len(axes["pairs"]) > 1:
        for pair in axes["pairs"]:
            yield from _line(f"  {pair['a']} · {pair['b']}", pair["conflict"])
    for beside in axes["with_overall"]:
        yield from _line(f"overall with {beside['axis']}", beside["follows"])
    for key, bins in axes["bins"].items():
        for name, figure in bins.items():
            yield from _line(f"{key}: {name.replace('_', ' ')}", figure)


def _preferences(figures: _Json) -> Iterator[str]:
    if n := figures["counts"]["side_only"]:
        answers = "answer tells" if n == 1 else "answers tell"
        yield f"  {n:,} {answers} the side only, and no strength: no figure of strength has it."
    yield from _percent(figures["percent_agreement"])
    for level, figure in figures["krippendorff_alpha"].items():
        yield from _line(f"alpha, {level}", figure)
    if figures["side_alpha"]:
        yield from _line("alpha, side alone", figures["side_alpha"])
    yield from _line("Fleiss' kappa", figures["fleiss_kappa"])
    yield from _line("Gwet's AC1", figures["gwet_ac1"])
    yield from _line("Brennan-Prediger", figures["brennan_prediger"])
    yield from _line("noise ceiling", figures["noise_ceiling"])
    yield from _line("self-consistency", figures["self_consistency"])
    yield from _line("chosen when shown first", figures["side_bias"])
    if figures["circular_triads"]["n"]:
        yield from _circles(figures)


def _rankings(figures: _Json) -> Iterator[str]:
    yield from _line("Kendall's tau-b", figures["kendall_tau"])
    yield from _line("Kendall's W", figures["kendall_w"])
    yield from _percent(figures["percent_agreement"])
    yield from _line("alpha of implied pairs", figures["pair_alpha"])
    yield from _line("placed level", figures["ties"])
    yield from _circles(figures)
    yield from _line("rated the other way", figures["contradictions"])
    yield from _line("self-consistency", figures["self_consistency"])


def _ratings(figures: _Json) -> Iterator[str]:
    yield from _line("same answer", figures["percent_agreement"])
    for level, figure in figures["krippendorff_alpha"].items():
        yield from _line(f"alpha, {level}", figure)
    yield from _line("Gwet's AC1", figures["gwet_ac1"])
    for form, figure in (figures["icc"] or {}).items():
        yield from _line(f"ICC({form})", figure)
    if figures["yes"]:
        yield from _line("yes", figures["yes"])
    yield from _beside(figures)


def _rules(figures: _Json) -> Iterator[str]:
    yield from _line("broken", figures["violation"])
    yield from _line("same answer", figures["percent_agreement"])
    yield from _line("Gwet's AC1", figures["gwet_ac1"])
    yield from _line("alpha, ordinal", figures["krippendorff_alpha"]["ordinal"])
    yield from _beside(figures)
    for rate in figures["principles"]:
        yield from _line(f"  P{rate['number']} broken", rate["violation"])


def _gate(figures: _Json) -> Iterator[str]:
    yield from _line("same answer", figures["percent_agreement"])
    yield from _line("Gwet's AC1", figures["gwet_ac1"])
    yield from _line("alpha, nominal", figures["krippendorff_alpha"]["nominal"])
    yield from _line("not judged", figures["stopped"])
    for answer in figures["rates"]:
        yield from _line(f"  {answer['word'].replace('_', ' ')}", answer["rate"])


def _percent(figures: _Json) -> Iterator[str]:
    for name, ties in (("exact", "ties exact"), ("half", "ties half"), ("drop", "ties dropped")):
        yield from _line(f"percent, {ties}", figures[name])


def _circles(figures: _Json) -> Iterator[str]:
    yield from _line("circular triads", figures["circular_triads"])
    yield from _line("consistence (zeta)", figures["consistence"])


def _beside(figures: _Json) -> Iterator[str]:
    yield from _line("unsure", figures["unsure"])
    yield from _line("not applicable", figures["not_applicable"])
    yield from _line("self-consistency", figures["self_consistency"])


_LINES: Mapping[str, Callable[[_Json], Iterator[str]]] = {
    PREFERENCES: _preferences,
    RANKING: _rankings,
    ORDINAL: _ratings,
    YES_NO: _ratings,
    PER_PRINCIPLE: _rules,
    GATE: _gate,
    CONVERSATION: _ratings,
}


def _pairs(pairs: list[_Json]) -> Iterator[str]:
    """Cohen's kappa, or tau-b, of the pairs that share most tasks."""
    if pairs:
        yield "  Kendall's tau-b" if "kendall_tau" in pairs[0] else "  Cohen's kappa"
    for pair in pairs[:_PAIRS]:
        figure = pair.get("kendall_tau") or pair["cohen_kappa"]
        yield from _line(f"  {pair['a']} · {pair['b']}", figure)
    if len(pairs) > _PAIRS:
        yield f"    and {len(pairs) - _PAIRS:,} more pairs: see --json"


def _line(label: str, figure: _Json) -> Iterator[str]:
    """One figure: value, interval and n, or the reason why there is none."""
    start = f"  {label:<24}"
    n = f"n {figure['n']:,}"
    if figure["value"] is None:
        words = textwrap.wrap(f"undefined. {figure['reason']}", 70)
        yield f"{start}  {words[0]}"
        for rest in words[1:]:
            yield f"{'':<26}  {rest}"
    elif figure["low"] is None:
        yield f"{start} {figure['value']:z7.3f}  {'no interval':<18} {n}"
    else:
        ends = f"[{figure['low']:z.3f}, {figure['high']:z.3f}]"
        yield f"{start} {figure['value']:z7.3f}  {ends:<18} {n}"
