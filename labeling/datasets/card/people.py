"""Who judged, under which guideline, how tasks were chosen, and how far judgments agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.datasets.card.tables import (
    bullets,
    counts,
    figure_table,
    figures_in,
    markdown_table,
    number_of,
)
from labeling.datasets.card.text import code_span, inline, line, quote
from labeling.datasets.context import ReleaseContext

_FIGURES = (
    ("agreement", "agreement"),
    ("noise ceiling", "noise_ceiling"),
    ("longer response preferred, all judgments", "longer_response_preferred"),
    ("longer response chosen, rows", "longer_response_chosen"),
    ("accuracy of markup alone", "markup_only_accuracy"),
    ("response shown first preferred", "first_shown_chosen"),
    ("ties", "tie_share"),
    ("agreement by strength", "agreement_by_strength"),
    ("judgments by the busiest rater", "most_judgments_by_one_rater"),
    ("judgments by the five busiest raters", "most_judgments_by_five_raters"),
    ("effective number of raters", "effective_raters"),
    ("prompts that repeat another", "repeated_prompts"),
)


def collection(context: ReleaseContext, manifest: Mapping[str, Any]) -> str:
    """The section on raters, guideline, selection and agreement."""
    figures = manifest["figures"]
    sentences = [
        f"{number_of(figures['raters'], 'rater')} gave "
        f"{number_of(figures['judgments'], 'judgment')} that may become data. Who they are, how "
        "they were found and paid is not recorded here.",
        *map(line, context.collection),
        counts("Judgments per source", figures["judgments_per_source"]),
        counts("Judgments per way of choosing tasks", figures["judgments_per_strategy"]),
        _chances(figures["selection_probability"]),
    ]
    return "\n".join(
        (
            "### Who judged, and how\n\n" + bullets(sentences),
            "### Questions\n\n" + _rubric(context, manifest),
            "### Guideline\n\n" + _guideline(context, figures),
            "### How well they agree\n\n" + _agreement(manifest),
        )
    )


def _chances(chances: Mapping[str, Any]) -> str:
    if not chances["n"]:
        return "No selection probability is recorded."
    return (
        f"{number_of(chances['n'], 'judgment')} with a selection probability, from "
        f"{chances['least']:g} to {chances['largest']:g}."
    )


def _rubric(context: ReleaseContext, manifest: Mapping[str, Any]) -> str:
    """Under which versions of the questions, and in which words where they changed."""
    per_version = manifest["figures"]["judgments_per_rubric_version"]
    text = counts("Judgments per version of the questions (0: none is recorded)", per_version)
    asked = []
    for key in manifest["criteria"]:
        wordings = [
            (str(rubric.number), code_span(key), inline(str(question["wording"])))
            for rubric in context.rubrics
            if (question := rubric.question(key)) is not None
        ]
        if len({wording for _number, _key, wording in wordings}) > 1:
            asked += wordings
    if asked:
        text += "\n\n" + markdown_table(("version", "criterion", "asked as"), asked)
    if own := [row for key, part in manifest["criteria"].items() for row in _own_words(key, part)]:
        text += "\n\nScales of the project's own:\n\n"
        text += markdown_table(("criterion", "value", "words", "tie"), own)
    if context.rubrics:
        text += "\n\nEvery version, with help and scales, is in `manifest.json` (`rubrics`)."
    return f"{text}\n"


def _own_words(key: str, part: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What the values of a scale are called that no publication says."""
    return [
        (
            code_span(key),
            str(option["value"]),
            inline(str(option["label"])),
            option["tie_kind"].replace("_", " "),
        )
        for option in part.get("options", ())
    ]


def _guideline(context: ReleaseContext, figures: Mapping[str, Any]) -> str:
    per_version = dict(figures["judgments_per_guideline_version"])
    unknown = per_version.pop("0", 0)
    judgments = counts("Judgments per guideline version", per_version) + "\n\n"
    if unknown:
        judgments += (
            f"{number_of(unknown, 'judgment')} under no version of it: imported, or given before "
            "the first was published.\n\n"
        )
    if not context.guidelines:
        return judgments + "No judgment was given under a version of the guideline.\n"
    notes = [
        (
            str(guideline.number),
            inline(guideline.change_note) or "–",
            code_span(f"guideline/{file_name(guideline.number)}"),
        )
        for guideline in context.guidelines
    ]
    newest = max(context.guidelines, key=lambda guideline: guideline.number)
    return (
        f"{judgments}{markdown_table(('version', 'what changed', 'text'), notes)}\n"
        "The numbered principles of every version are in `principles.json`. Version "
        f"{newest.number}, the newest in use:\n\n{quote(newest.whole)}\n"
    )


def file_name(version: int) -> str:
    """The file that holds a version of the guideline, in `guideline/`."""
    return f"version-{version:03d}.md"


def _agreement(manifest: Mapping[str, Any]) -> str:
    """Every figure of every criterion: raw ones first, those on what was kept beside them."""
    rows = []
    for key, criterion in manifest["criteria"].items():
        for title, name in _FIGURES:
            figures = {title: criterion["figures"].get(name, {})}
            rows += [(f"{key}: {label}", figure) for label, figure in figures_in(figures)]
    rows += _axes(manifest["agreement"].get("axes"))
    for key, report in manifest["agreement"].get("criteria", {}).items():
        rows += [(f"{key}: {label}", figure) for label, figure in figures_in(report)]
    return (
        "“Raw” is over all answers by people on live tasks, whatever the recipe and its filters "
        "leave out; “kept” over those behind the rows. Figures without that word are raw, and "
        "those of the project's report are of the whole project at the cut-off.\n\n"
        + figure_table(rows)
    )


def _axes(axes: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """How often separate comparisons pull apart, and which of them overall goes with."""
    if not axes:
        return []
    rows = [("axes: conflict", axes["conflict"])] if axes["pairs"] else []
    if len(axes["pairs"]) > 1:
        rows += [(f"axes: {p['a']} against {p['b']}", p["conflict"]) for p in axes["pairs"]]
    rows += [(f"overall goes with {b['axis']}", b["follows"]) for b in axes["with_overall"]]
    for key, bins in axes["bins"].items():
        rows += [(f"{key}: {name.replace('_', ' ')}", figure) for name, figure in bins.items()]
    return rows
