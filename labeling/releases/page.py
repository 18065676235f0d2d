"""What the page of a finished release shows beside its files: figures and warnings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

#: A figure that releases of ratings have alone.
_RATED = "without_value"
#: The figures of a finished release: title, place, how it is shown, what n counts, a note.
_SHOWN = (
    (
        gettext_lazy("Agreement, all judgments"),
        ("agreement", "raw", "exact"),
        "percent",
        gettext_lazy("pairs of judgments"),
        gettext_lazy("a tie agrees only with a tie"),
    ),
    (
        gettext_lazy("Agreement, what was kept"),
        ("agreement", "kept", "exact"),
        "percent",
        gettext_lazy("pairs of judgments"),
        gettext_lazy("after the recipe and its filters"),
    ),
    (
        gettext_lazy("Krippendorff’s alpha, all judgments"),
        ("agreement", "raw", "krippendorff_alpha"),
        "number",
        gettext_lazy("tasks"),
        gettext_lazy("symmetrised, chance-corrected"),
    ),
    (
        gettext_lazy("Noise ceiling, all judgments"),
        ("noise_ceiling", "raw"),
        "percent",
        gettext_lazy("pairs of judgments"),
        gettext_lazy("the best accuracy a model can show against single judgments"),
    ),
    (
        gettext_lazy("Longer response preferred"),
        ("longer_response_preferred",),
        "percent",
        gettext_lazy("judgments"),
        gettext_lazy("judgments on responses of unequal length"),
    ),
    (
        gettext_lazy("Shown first preferred"),
        ("first_shown_chosen",),
        "percent",
        gettext_lazy("judgments"),
        gettext_lazy("judgments that prefer one response"),
    ),
    (
        gettext_lazy("By the busiest rater"),
        ("most_judgments_by_one_rater",),
        "percent",
        gettext_lazy("judgments"),
        gettext_lazy("share of the judgments"),
    ),
)
#: The same of a release of ratings: nothing has a side, and n of the coefficients counts responses.
_SHOWN_OF_RATINGS = (
    (
        gettext_lazy("Agreement, all judgments"),
        ("agreement", "raw", "exact"),
        "percent",
        gettext_lazy("pairs of ratings"),
        gettext_lazy("the same value of the same response"),
    ),
    (
        gettext_lazy("Agreement, what was kept"),
        ("agreement", "kept", "exact"),
        "percent",
        gettext_lazy("pairs of ratings"),
        gettext_lazy("after the recipe and its filters"),
    ),
    (
        gettext_lazy("Krippendorff’s alpha, all judgments"),
        ("agreement", "raw", "krippendorff_alpha"),
        "number",
        gettext_lazy("responses"),
        gettext_lazy("ordinal, chance-corrected"),
    ),
    (
        gettext_lazy("Gwet’s AC1, all judgments"),
        ("agreement", "raw", "gwet_ac1"),
        "number",
        gettext_lazy("responses"),
        gettext_lazy("chance-corrected, steady where one value is rare"),
    ),
    _SHOWN[-1],
)


def figures_of(counts: dict[str, Any]) -> list[dict[str, object]]:
    """The figures at the head of a finished release, each with how it is shown."""
    figures = []
    shown = _SHOWN_OF_RATINGS if _RATED in counts.get("figures", {}) else _SHOWN
    for title, path_, unit, counted, note in shown:
        figure: Any = counts.get("figures", {})
        for key in path_:
            figure = figure.get(key) or {}
        if figure:
            figures.append(
                {"title": title, "figure": figure, "unit": unit, "counted": counted, "note": note}
            )
    return figures


def known_warnings(counts: dict[str, Any]) -> list[tuple[str, str]]:
    """What to know before training, each sentence once, and the criteria it is about."""
    said: dict[str, list[str]] = {}
    for warning in counts.get("warnings", ()):
        said.setdefault(warning["text"], []).append(warning["criterion"])
    several = len({key for keys in said.values() for key in keys}) > 1
    return [(text, ", ".join(keys) if several else "") for text, keys in said.items()]
