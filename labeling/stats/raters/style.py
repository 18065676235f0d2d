"""Style of a response: length and formatting as numbers, and how far length alone explains.

A judgment should follow what a response says. How much of it follows from how long and how
decorated the response is, these features let one measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import divide
from labeling.stats.intervals.proportions import CONFIDENCE, share
from labeling.stats.raters.columns import coded, numbers
from labeling.stats.raters.logistic import held_out_hits
from labeling.stats.ratings import Figure, Floats, Ints, plural, same_length

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADER = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\S")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,})$")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")
_CODE = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True, slots=True)
class Style:
    """What can be seen of a text without reading it.

    Attributes:
        characters: Unicode code points.
        words: stretches between white space (languages without spaces have few).
        headers: Markdown headers with #.
        list_items: bulleted and numbered items.
        bold: stretches in bold.
        code_blocks: fenced code blocks, whose content is not searched for the above.
    """

    characters: int
    words: int
    headers: int
    list_items: int
    bold: int
    code_blocks: int


def style_of(text: str) -> Style:
    """Return the style of one response, in time linear in its length.

    Markdown as CommonMark has it, without its rarer forms (underlined headers, HTML). The
    features are those of style-controlled leaderboards, with code blocks added.

    Source: Li, Angelopoulos and Chiang (2024), Does style matter? (LMArena).
    """
    headers = items = blocks = bold = 0
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence)
            if mark and closes and not mark[2].strip():
                fence = ""
            continue
        if mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence, blocks = mark[1], blocks + 1
            continue
        headers += bool(_HEADER.match(line))
        items += bool(_ITEM.match(line)) and not _RULE.match(line)
        bold += len(_BOLD.findall(_CODE.sub("", line)))
    return Style(len(text), len(text.split()), headers, items, bold, blocks)


def style_columns(texts: Iterable[str]) -> dict[str, Ints]:
    """Return the style of many responses as columns, each of shape (n,), by feature."""
    rows = [style_of(text) for text in texts]
    return {
        field.name: np.array([getattr(row, field.name) for row in rows], dtype=np.int64)
        for field in fields(Style)
    }


def relative_difference(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """Return (first - second) / (first + second), 0 where both are 0, shape (n,).

    Comparable between short and long responses; from -1 (only the second has any) to 1.

    Args:
        first, second: a feature of canonical response 1 and 2, not negative, shape (n,).

    Raises:
        RatingsError: unequal lengths, or a negative or missing entry, named by position.

    Source: the covariates of Chatbot Arena's style control.
    """
    a, b = numbers("first", first, least=0.0), numbers("second", second, least=0.0)
    same_length(first=a, second=b)
    return divide(a - b, a + b, otherwise=0.0)


def length_only_accuracy(
    value: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return how often "the longer one" agrees with the verdict: the baseline to be beaten.

    Show it beside every agreement and reward-model figure: on AlpacaEval's cross-annotated set
    it reaches 62 %, a held-out human 66 %.

    Args:
        value: the verdict of each task, canonical, shape (n,): the majority's, or a single
            judgment; 0 is a tie.
        first, second: lengths of canonical response 1 and 2, shape (n,).

    Raises:
        RatingsError: columns that cannot be read, named by position.
    """
    verdict = numbers("value", value)
    longer = -relative_difference(first, second)
    same_length(value=verdict, first=longer)
    used = (verdict != 0) & (longer != 0)
    convention = (
        "share of verdicts for the longer response; left out: "
        f"{plural(int((verdict == 0).sum()), 'tie')}, "
        f"{int(((verdict != 0) & (longer == 0)).sum())} of equal length"
    )
    hits = int((np.sign(longer) == np.sign(verdict))[used].sum())
    nothing = "No decided task has responses of different length."
    return share(hits, int(used.sum()), convention, nothing=nothing, confidence=confidence)


def length_explains(length_only: Figure, agreement: Figure, *, margin: float = 0.03) -> str | None:
    """Return a sentence where length alone comes near the agreement of people, else None.

    Args:
        length_only: as `length_only_accuracy` gives it.
        agreement: agreement of raters on preferred sides, ties dropped, so that both are shares
            of decided verdicts.
        margin: how far below the agreement still is near.
    """
    if length_only.value is None or agreement.value is None:
        return None
    if length_only.value < agreement.value - margin:
        return None
    return (
        f"Length explains nearly all of the signal: the longer response wins "
        f"{100 * length_only.value:.0f}% of verdicts, and raters agree in "
        f"{100 * agreement.value:.0f}% of pairs."
    )


def style_only_accuracy(
    value: npt.ArrayLike,
    differences: dict[str, npt.ArrayLike],
    *,
    cluster: npt.ArrayLike | None = None,
    folds: int = 5,
    ridge: float = 1.0,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return how well style alone predicts verdicts of prompts it was not fitted on.

    A ridge-logistic regression on style differences, cross-validated over prompts. Length alone
    is `length_only_accuracy`; here headers, lists and the like have their say.

    Args:
        value: the verdict of each task, canonical, shape (n,); ties (0) are left out.
        differences: by feature, `relative_difference` of response 1 and 2, shape (n,).
        cluster: the prompt of each task, shape (n,), kept in one fold; None: each its own.
        folds: parts of the cross-validation.
        ridge: penalty on the squared coefficients of standardised features.
        seed: of the random parts.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: no feature, or fewer than 2 folds.
    """
    verdict = numbers("value", value)
    columns = {name: numbers(name, column) for name, column in differences.items()}
    same_length(value=verdict, **columns)
    if not columns:
        raise ValueError("Give at least one feature.")
    groups = np.arange(len(verdict)) if cluster is None else coded("cluster", cluster)[0]
    same_length(value=verdict, cluster=groups)
    decided = verdict != 0
    matrix = np.column_stack(list(columns.values()))[decided]
    convention = (
        f"accuracy of {', '.join(columns)} alone on verdicts held out, {folds} folds over prompts, "
        f"ridge {ridge:g}, seed {seed}; {plural(int((~decided).sum()), 'tie')} left out"
    )
    hits = held_out_hits(
        matrix, verdict[decided] > 0, groups[decided], folds=folds, ridge=ridge, seed=seed
    )
    nothing = "There are too few decided tasks of different prompts to hold any out."
    if hits is None:
        return share(0, 0, convention, nothing=nothing, confidence=confidence)
    return share(float(hits.sum()), len(hits), convention, nothing=nothing, confidence=confidence)
