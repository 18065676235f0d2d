"""What the page of a finished release shows beside its files: figures and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.scales import ORDINAL, PER_PRINCIPLE, PREFERENCES, RANKING, REVIEWS, YES_NO

#: Title, place in the figures, how it is shown, what n counts, a note.
_Card = tuple[str | Promise, tuple[str, ...], str, str | Promise, str | Promise]

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


_PAIRS, _RESPONSES = gettext_lazy("pairs of answers"), gettext_lazy("responses")
_SAME: _Card = (
    gettext_lazy("Same answer"),
    ("percent_agreement",),
    "percent",
    _PAIRS,
    gettext_lazy("two raters give a response the same answer"),
)
_AC1: _Card = (
    gettext_lazy("Gwet’s AC1"),
    ("gwet_ac1",),
    "number",
    _RESPONSES,
    gettext_lazy("chance-corrected, steady where one value is rare"),
)
#: What is shown of a criterion at the cut-off, by what its answers are.
_AT_CUTOFF: Mapping[str, Sequence[_Card]] = {
    PREFERENCES: (
        (
            gettext_lazy("Same answer"),
            ("percent_agreement", "exact"),
            "percent",
            gettext_lazy("pairs of judgments"),
            gettext_lazy("a tie agrees only with a tie"),
        ),
        (
            gettext_lazy("Krippendorff’s alpha"),
            ("krippendorff_alpha", "symmetric"),
            "number",
            gettext_lazy("tasks"),
            gettext_lazy("symmetrised, chance-corrected"),
        ),
    ),
    RANKING: (
        (
            gettext_lazy("Same order of two"),
            ("percent_agreement", "exact"),
            "percent",
            _PAIRS,
            gettext_lazy("level agrees only with level"),
        ),
        (
            gettext_lazy("Alpha of pairs"),
            ("pair_alpha",),
            "number",
            gettext_lazy("pairs of responses"),
            gettext_lazy("Krippendorff’s alpha of the preferences that rankings imply"),
        ),
        (
            gettext_lazy("Kendall’s tau-b"),
            ("kendall_tau",),
            "number",
            gettext_lazy("tasks"),
            gettext_lazy("two raters’ orders of a task: 1 the same, 0 chance"),
        ),
        (
            gettext_lazy("Kendall’s W"),
            ("kendall_w",),
            "number",
            gettext_lazy("tasks"),
            gettext_lazy("all raters of a task together"),
        ),
    ),
    ORDINAL: (
        _SAME,
        (
            gettext_lazy("Krippendorff’s alpha"),
            ("krippendorff_alpha", "ordinal"),
            "number",
            _RESPONSES,
            gettext_lazy("ordinal, chance-corrected"),
        ),
        (
            "ICC(1,1)",
            ("icc", "1,1"),
            "number",
            _RESPONSES,
            gettext_lazy("the share of the variance that lies between responses"),
        ),
    ),
    YES_NO: (
        _SAME,
        _AC1,
        (
            gettext_lazy("Yes"),
            ("yes",),
            "rate",
            gettext_lazy("answers"),
            gettext_lazy("of those that say yes or no"),
        ),
    ),
    PER_PRINCIPLE: (
        _SAME,
        _AC1,
        (
            gettext_lazy("Broken"),
            ("violation",),
            "rate",
            gettext_lazy("answers"),
            gettext_lazy("of those that say whether a rule is broken"),
        ),
    ),
    REVIEWS: (
        (
            gettext_lazy("Approved at first, as it was"),
            ("first_pass",),
            "percent",
            gettext_lazy("answers reviewed"),
            gettext_lazy("answers whose first draft was approved as it was"),
        ),
        (
            gettext_lazy("Approved in the end"),
            ("accepted",),
            "percent",
            gettext_lazy("answers reviewed"),
            gettext_lazy("with edits or without"),
        ),
        (
            gettext_lazy("Score, from 1 to 7"),
            ("score",),
            "number",
            gettext_lazy("answers reviewed"),
            gettext_lazy("mean, of the last reviewed draft"),
        ),
        (
            gettext_lazy("Changed by reviewers"),
            ("distance",),
            "percent",
            gettext_lazy("answers approved"),
            gettext_lazy("words, from the author’s text to the approved one"),
        ),
    ),
}


#: What the head leaves to the figures at the cut-off: the same judgments, told as their kind is.
_TOLD_BELOW: Mapping[str, tuple[tuple[str, ...], ...]] = {
    RANKING: (("agreement", "raw"), ("first_shown_chosen",)),
    ORDINAL: (("agreement", "raw"),),
    YES_NO: (("agreement", "raw"),),
    PER_PRINCIPLE: (("agreement",),),
    REVIEWS: (("agreement",),),
}


def figures_of(counts: dict[str, Any], criteria: Sequence[str]) -> list[dict[str, object]]:
    """The figures at the head of a finished release, each with how it is shown.

    They are of the criterion that it was asked for first.
    """
    figures = counts.get("figures", {})
    report = _reports(counts).get(criteria[0], {})
    below = _TOLD_BELOW.get(_answer_of(report), ())
    shown = _SHOWN_OF_RATINGS if _RATED in figures else _SHOWN
    kept = [card for card in shown if not any(card[1][: len(path)] == path for path in below)]
    return _cards(kept, figures)


def cutoff_panels(
    counts: dict[str, Any], criteria: Sequence[str]
) -> list[tuple[str, list[dict[str, object]]]]:
    """The figures of each criterion at the cut-off, in the order in which they were asked for.

    The first one, if it is a preference, has them at the head already.
    """
    reports = _reports(counts)
    panels = [(key, reports[key]) for key in criteria if key in reports]
    if panels and _answer_of(panels[0][1]) == PREFERENCES:
        panels = panels[1:]
    return [(key, _cards(_AT_CUTOFF[_answer_of(report)], report)) for key, report in panels]


def _reports(counts: dict[str, Any]) -> dict[str, Any]:
    reports: dict[str, Any] = counts.get("agreement", {}).get("criteria", {})
    return reports


def _answer_of(report: dict[str, Any]) -> str:
    """What the answers are; older releases have reports of preferences alone."""
    answer: str = report.get("answer", PREFERENCES)
    return answer


def _cards(shown: Iterable[_Card], figures: dict[str, Any]) -> list[dict[str, object]]:
    cards: list[dict[str, object]] = []
    for title, path, unit, counted, note in shown:
        figure: Any = figures
        for key in path:
            figure = figure.get(key) or {}
        if figure:
            cards.append(
                {"title": title, "figure": figure, "unit": unit, "counted": counted, "note": note}
            )
    return cards


def known_warnings(counts: dict[str, Any]) -> list[tuple[str, str]]:
    """What to know before training, each sentence once, and the criteria it is about."""
    said: dict[str, list[str]] = {}
    for warning in counts.get("warnings", ()):
        said.setdefault(warning["text"], []).append(warning["criterion"])
    several = len({key for keys in said.values() for key in keys}) > 1
    return [(text, ", ".join(keys) if several else "") for text, keys in said.items()]
