"""Whether a release is ready to train on: its figures as plain data, and what they warn of.

A figure over what the recipe kept always stands beside the one over all judgments ("raw"): filters
make agreement look better than raters are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from labeling.datasets import signals
from labeling.datasets.context import RubricRecord
from labeling.datasets.recipes.kto import kto_weights
from labeling.datasets.records import DECISION_SCALE, CriterionRecord
from labeling.datasets.signals import Agreement, RatedAgreement, rounded_figure
from labeling.datasets.tally import SIDE_ALONE, TIE_CODES, Tally
from labeling.stats import Figure, length_explains

#: A side chosen this unevenly by chance less often than this is called a side bias.
SIDE_P = 0.05
#: One rater with more of the judgments than this is worth a warning.
TOO_MUCH = 0.5
#: Kept agreement this far above the raw one is worth a warning.
_FLATTERED = 0.05
#: Markup this near to agreement explains it; as `length_explains` has it.
_NEAR = 0.03


class Warned(NamedTuple):
    """Something to know before training: a code for programs, a sentence for people."""

    code: str
    text: str


class Readiness(NamedTuple):
    """The figures of one criterion as plain data, and what is worth a warning in them."""

    figures: dict[str, Any]
    warnings: tuple[Warned, ...]


def readiness(
    tally: Tally,
    criterion: CriterionRecord,
    splits: Mapping[str, Any] | None = None,
    rubrics: Sequence[RubricRecord] = (),
) -> Readiness:
    """Everything that the tally knows, as figures.

    `splits` are those of the whole release, `rubrics` the versions that its judgments name.
    """
    if criterion.answer == "rate":
        return _of_ratings(tally, criterion, splits, rubrics)
    raw, kept = Agreement(tally.people, criterion), Agreement(tally.kept, criterion)
    curve = signals.strength_curve(tally.people, criterion)
    preferred = signals.longer_preferred(tally.people)
    chosen = signals.longer_chosen(tally.lengths)
    markup, side = signals.markup_only(tally.styles), signals.first_shown(tally.sides)
    raters = tally.by(0)
    busiest = signals.busiest(raters)
    figures = {
        **_counts(tally),
        "agreement": {"raw": raw.plain(), "kept": kept.plain()},
        "noise_ceiling": {"raw": rounded_figure(raw.ceiling), "kept": rounded_figure(kept.ceiling)},
        "longer_response_preferred": rounded_figure(preferred),
        "longer_response_chosen": rounded_figure(chosen),
        "markup_only_accuracy": rounded_figure(markup),
        "first_shown_chosen": {**rounded_figure(side), "p": signals.side_p(side)},
        "tie_share": {
            kind: rounded_figure(figure)
            for kind, figure in signals.tie_shares(tally.people).items()
        },
        "agreement_by_strength": {
            str(level): rounded_figure(figure) for level, figure in curve.items()
        },
        "most_judgments_by_one_rater": rounded_figure(busiest),
        "most_judgments_by_five_raters": rounded_figure(signals.five_busiest(raters)),
        "effective_raters": rounded_figure(signals.effective_raters(raters)),
    }
    if splits:
        figures["repeated_prompts"] = rounded_figure(signals.repeated_prompts(splits))
    warnings = [
        *agreement_warnings(raw.sides, raw.ceiling, kept.sides),
        *style_warnings(raw.sides, preferred, markup),
        *strength_warnings(curve),
        *side_warnings(tally),
        *_people_warnings(tally, side, busiest),
        *wording_warnings(tally, criterion, rubrics),
    ]
    return Readiness(figures, tuple(warnings))


def _of_ratings(
    tally: Tally,
    criterion: CriterionRecord,
    splits: Mapping[str, Any] | None,
    rubrics: Sequence[RubricRecord],
) -> Readiness:
    """The figures of a criterion that rates each response by itself: nothing has a side."""
    raw, kept = (RatedAgreement(said, criterion) for said in (tally.people, tally.kept))
    raters = tally.by(0)
    busiest = signals.busiest(raters)
    figures = {
        **_counts(tally),
        "without_value": _sorted(tally.unrated),
        "agreement": {"raw": raw.plain(), "kept": kept.plain()},
        "longer_response_chosen": rounded_figure(signals.longer_chosen(tally.lengths)),
        "most_judgments_by_one_rater": rounded_figure(busiest),
        "most_judgments_by_five_raters": rounded_figure(signals.five_busiest(raters)),
        "effective_raters": rounded_figure(signals.effective_raters(raters)),
    }
    if splits:
        figures["repeated_prompts"] = rounded_figure(signals.repeated_prompts(splits))
    # A text has one review; nobody could agree with it.
    warnings = [] if criterion.scale == DECISION_SCALE else _unknown_agreement(raw.exact)
    warnings += _raters_warnings(tally, busiest)
    warnings += wording_warnings(tally, criterion, rubrics)
    return Readiness(figures, tuple(warnings))


def _unknown_agreement(raw: Figure) -> list[Warned]:
    """Nobody was judged twice."""
    if raw.value is not None:
        return []
    text = f"{raw.reason} Nobody knows how noisy the labels are: have tasks judged twice."
    return [Warned("agreement_unknown", text)]


def agreement_warnings(raw: Figure, ceiling: Figure, kept: Figure) -> list[Warned]:
    """Nobody knows how noisy the labels are, they are noise, or a filter flatters them."""
    if raw.value is None:
        return _unknown_agreement(raw)
    warnings = []
    if ceiling.value is None and ceiling.reason:
        warnings.append(Warned("no_usable_signal", ceiling.reason))
    if kept.value is not None and kept.value > raw.value + _FLATTERED:
        text = (
            f"Raters agree in {_percent(kept)} of pairs of judgments that the recipe kept, and in "
            f"{_percent(raw)} of all: quote the latter when you speak of the raters."
        )
        warnings.append(Warned("filtered_agreement", text))
    return warnings


def style_warnings(agreement: Figure, longer: Figure, markup: Figure) -> list[Warned]:
    """Length or markup alone predicts a judgment about as well as another rater does."""
    warnings = []
    if agreement.value is None or agreement.value <= 0.5:
        return []
    if text := length_explains(longer, agreement):
        warnings.append(Warned("length_explains", text))
    if markup.value is not None and markup.value >= agreement.value - _NEAR:
        text = (
            f"Markup explains nearly all of the signal: headers, lists, bold and code blocks alone "
            f"predict {_percent(markup)} of preferences, and raters agree in "
            f"{_percent(agreement)} of pairs."
        )
        warnings.append(Warned("markup_explains", text))
    return warnings


def strength_warnings(curve: Mapping[int, Figure]) -> list[Warned]:
    """A stronger answer should be shared by more raters than a weaker one."""
    known = [(level, figure) for level, figure in curve.items() if figure.value is not None]
    for (weak, below), (strong, above) in pairwise(known):
        if (above.value or 0) >= (below.value or 0):
            continue
        text = (
            f"Strength is not monotone: other raters take the side of an answer of strength "
            f"{strong} in {_percent(above)} of cases, and of one of strength {weak} in "
            f"{_percent(below)}. Do not train on margins before you know why."
        )
        if above.high is None or below.low is None or above.high >= below.low:
            text += " Their intervals overlap: with more judgments it may turn out otherwise."
        return [Warned("strength_not_monotone", text)]
    return []


def _people_warnings(tally: Tally, side: Figure, busiest: Figure) -> list[Warned]:
    """The screen, one person or a change of the guideline shows in the judgments."""
    warnings = []
    p = signals.side_p(side)
    if p is not None and p < SIDE_P:
        text = (
            f"The response shown first was preferred in {_percent(side)} of {side.n:,} decided "
            f"judgments (p = {p:.2g} against one half)."
        )
        warnings.append(Warned("side_bias", text))
    return [*warnings, *_raters_warnings(tally, busiest)]


def _raters_warnings(tally: Tally, busiest: Figure) -> list[Warned]:
    """One person, or a change of the guideline, shows in the judgments."""
    warnings = []
    if busiest.value is not None and busiest.value > TOO_MUCH:
        text = (
            f"One rater gave {_percent(busiest)} of the judgments: what is learned from them is "
            "largely one person's taste."
        )
        warnings.append(Warned("one_rater", text))
    versions = tally.by(1)
    unknown = versions.pop(0, 0)
    if len(versions) > 1:
        text = (
            f"The judgments were made under {len(versions)} versions of the guideline: a label "
            "means what its version says."
        )
        warnings.append(Warned("several_guidelines", text))
    if versions and unknown:
        were = "judgment was" if unknown == 1 else "judgments were"
        text = (
            f"{unknown:,} {were} made under no version of the guideline: imported, or given before "
            "the first was published."
        )
        warnings.append(Warned("no_guideline", text))
    return warnings


def wording_warnings(
    tally: Tally, criterion: CriterionRecord, rubrics: Sequence[RubricRecord]
) -> list[Warned]:
    """A question that was asked in other words meanwhile may have been answered otherwise."""
    used = tally.by(4)
    wordings = {
        (question["wording"], question["help_text"])
        for rubric in rubrics
        if used[rubric.number] and (question := rubric.question(criterion.key)) is not None
    }
    if len(wordings) < 2:
        return []
    text = (
        f"The question was put in {len(wordings)} ways: its words or its help changed while people "
        "judged. The manifest has every version."
    )
    return [Warned("several_wordings", text)]


def _percent(figure: Figure) -> str:
    return f"{100 * (figure.value or 0):.0f}%"


def side_warnings(tally: Tally) -> list[Warned]:
    """Labels that tell which response is better and not how much."""
    answers = tally.values()
    alone = answers[SIDE_ALONE] + answers[-SIDE_ALONE]
    if not alone:
        return []
    text = (
        f"{alone:,} of {answers.total():,} answers tell which response is better and not how much: "
        "no figure of the strength counts them."
    )
    return [Warned("side_only", text)]


def _counts(tally: Tally) -> dict[str, Any]:
    """What is counted, not estimated."""
    versions, sources, strategies, rubrics = (tally.by(place) for place in (1, 2, 3, 4))
    values = tally.values()
    models, wins = _models(tally)
    n, low, high = tally.chances
    return {
        "tasks": tally.tasks,
        "prompts": len(np.unique(np.array(tally.prompts, dtype=np.uint64))),
        "judgments": tally.judgments,
        "judgments_left_out": _sorted(tally.excluded),
        **({"final_words": tally.final_words} if tally.final_words else {}),
        "judgments_with_rationale": tally.rationales,
        "judgments_per_flag": _sorted(tally.flags),
        "raters": len(tally.by(0)),
        "judgments_per_guideline_version": _sorted(versions),
        "judgments_per_rubric_version": _sorted(rubrics),
        "judgments_per_source": _sorted(sources),
        "judgments_per_strategy": _sorted(strategies),
        "selection_probability": {"n": n, "least": low, "largest": high} if n else {"n": 0},
        "responses": tally.responses,
        "responses_empty": tally.empty,
        "reasoning_left_out": tally.reasoning_left_out,
        "tasks_per_category": _sorted(tally.categories, "(none)"),
        "tasks_per_licence": _sorted(tally.licences, "(none)"),
        "tasks_per_permitted_use": _sorted(tally.permitted_uses, "(none)"),
        "tasks_per_language": _sorted(tally.languages, "(not stated)"),
        "rows_per_model": _sorted(models, "(not stated)"),
        "rows_won_per_model": _sorted(wins, "(not stated)"),
        "values": {str(code): values[code] for code in sorted(values) if abs(code) < SIDE_ALONE},
        "side_only": values[SIDE_ALONE] + values[-SIDE_ALONE],
        "ties": {kind: values[code] for kind, code in TIE_CODES.items() if values[code]},
        "labels": {"good": tally.good, "bad": tally.bad},
        "kto_weights": _weights(tally),
    }


def _weights(tally: Tally) -> dict[str, list[float]] | None:
    """The weights between which good and bad responses are even, None where one kind is missing."""
    weights = kto_weights(tally.good, tally.bad)
    if weights is None:
        return None
    return {name: [round(end, 6) for end in ends] for name, ends in weights._asdict().items()}


def _models(tally: Tally) -> tuple[Counter[str], Counter[str]]:
    """Responses in the rows by model, and those of them that were preferred."""
    models: Counter[str] = Counter()
    wins: Counter[str] = Counter()
    for (chosen, rejected), n in tally.matches.items():
        models[chosen] += n
        models[rejected] += n
        wins[chosen] += n
    for (model, won), n in tally.alone.items():
        models[model] += n
        wins[model] += n * won
    return models, wins


def _sorted(counts: Counter[Any], nameless: str = "") -> dict[str, int]:
    """Counts as plain data, by name; what has no name counts with what is called like that."""
    named: Counter[str] = Counter()
    for key in sorted(counts):
        named[str(key) or nameless] += counts[key]
    return dict(named)
