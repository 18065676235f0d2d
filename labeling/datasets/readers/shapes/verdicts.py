"""Words of a Label Studio annotation that say which of two responses is better.

Results are those of the tags Pairwise, Choices and Rating (labelstud.io/tags); the words of a
choice are the project's own, so only those that plainly name a side or a tie are understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.fields import excerpt_of
from labeling.datasets.readers.words import Verdict, word_verdict
from labeling.datasets.rows import RefusalCode, RowError

Result = Mapping[str, object]

_SIDES = {"left": -1, "right": 1}
#: Kinds of results that can say which response is better.
COMPARING = ("pairwise", "choices", "rating")


def _value(result: Result, field: str) -> Mapping[str, object]:
    value = result.get("value")
    if not isinstance(value, dict):
        raise RowError(f"{field}.value", "Must be an object.", value, code=RefusalCode.WRONG_TYPE)
    return value


def _of(results: Sequence[Result], kind: str) -> Iterator[tuple[int, Result]]:
    return ((i, result) for i, result in enumerate(results) if result.get("type") == kind)


def _objects(result: Result) -> list[str]:
    """The names of the objects that a result compares, left one first."""
    return [plain_name(name) for name in str(result.get("to_name") or "").split(",")]


def pairwise_verdict(value: Mapping[str, object], field: str) -> Verdict | None:
    """What `{"selected": "left"}` says; None where nothing was selected."""
    selected = value.get("selected")
    if selected is None or selected == "none":
        return None
    side = _SIDES.get(selected) if isinstance(selected, str) else None
    if side is None:
        raise RowError(f"{field}.selected", "Must be left or right.", selected)
    return Verdict(side)


def _agreed(verdicts: set[Verdict], field: str, kind: str) -> Verdict | None:
    """The one thing that all results of a kind say. Raises RowError where they say several."""
    if len(verdicts) > 1:
        raise RowError(
            field,
            f"The {kind} name more than one side. Keep one.",
            code=RefusalCode.CONTRADICTION,
        )
    return next(iter(verdicts), None)


def _by_pairwise(results: Sequence[Result], field: str, sides: Sequence[str]) -> Verdict | None:
    verdicts: set[Verdict] = set()
    for i, result in _of(results, "pairwise"):
        answer = pairwise_verdict(_value(result, f"{field}[{i}]"), f"{field}[{i}].value")
        if answer is not None:
            # A project may show the second response on the left.
            swapped = _objects(result) == list(reversed(sides)) and len(sides) == 2
            verdicts.add(Verdict(-answer.value) if swapped else answer)
    return _agreed(verdicts, field, "pairwise results")


def choice_words(results: Sequence[Result]) -> Iterator[str]:
    """The words of all choices that were made."""
    for _, result in _of(results, "choices"):
        value = result.get("value")
        words = value.get("choices") if isinstance(value, dict) else None
        yield from (word for word in _listed(words) if isinstance(word, str))


def _listed(words: object) -> list[object]:
    return words if isinstance(words, list) else [words]


def _by_choice(results: Sequence[Result], field: str, *, graded: bool) -> Verdict | None:
    verdicts: set[Verdict] = set()
    unknown = ""
    for i, result in _of(results, "choices"):
        words = _value(result, f"{field}[{i}]").get("choices")
        for word in _listed(words):
            answer = word_verdict(word, graded=graded) if isinstance(word, str) else None
            if answer is None:
                unknown = unknown or excerpt_of(word)
            else:
                verdicts.add(answer)
    answer = _agreed(verdicts, field, "choices")
    if unknown and answer is None:
        raise RowError(
            field,
            f"The choice “{unknown}” names neither side. Use words such as left, right, tie or "
            "both bad.",
        )
    return answer


def _by_rating(results: Sequence[Result], field: str, sides: Sequence[str]) -> Verdict | None:
    rated: dict[str, list[float]] = {}
    for i, result in _of(results, "rating"):
        stars = _value(result, f"{field}[{i}]").get("rating")
        if isinstance(stars, bool) or not isinstance(stars, int | float):
            raise RowError(
                f"{field}[{i}].value.rating",
                "Must be a number.",
                stars,
                code=RefusalCode.WRONG_TYPE,
            )
        rated.setdefault(_objects(result)[0], []).append(stars)
    if not rated:
        return None
    if len(sides) != 2 or not set(sides) <= rated.keys():
        raise RowError(
            field,
            "The ratings do not name both responses, so they do not say which is better.",
            ", ".join(sorted(rated)),
        )
    first, second = (rated[side] for side in sides)
    if len(first) != len(second):
        raise RowError(
            field,
            "One response has more ratings than the other. Keep one of each.",
            code=RefusalCode.CONTRADICTION,
        )
    # Stars are said of each response by itself: they order the two and tell no strength.
    verdicts = {Verdict((b > a) - (b < a)) for a, b in zip(first, second, strict=True)}
    return _agreed(verdicts, field, "ratings")


def verdict(
    results: Sequence[Result], field: str, sides: Sequence[str], *, graded: bool = False
) -> Verdict | None:
    """What an annotation says of the responses named `sides`; None where it says nothing.

    A pairwise result counts before a choice, and a choice before ratings of both responses;
    `graded` says that the words of choices tell strengths. Raises RowError for results of other
    kinds alone, and for words that name no side.
    """
    if results and not any(result.get("type") in COMPARING for result in results):
        raise RowError(field, other_kind(results), code=RefusalCode.UNSUPPORTED)
    answer = _by_pairwise(results, field, sides)
    if answer is None:
        answer = _by_choice(results, field, graded=graded)
    return _by_rating(results, field, sides) if answer is None else answer


def results_beside(results: Sequence[Result]) -> list[dict[str, object]]:
    """What an annotation says beyond its verdict and what it wrote, as metadata."""
    counted: list[Result] = []
    for kind in COMPARING:
        counted = counted or [result for _, result in _of(results, kind) if _tells(result, kind)]
    written = [result for _, result in _of(results, "textarea")]
    said = {id(result) for result in (*counted, *written)}
    return [
        {name: result[name] for name in ("from_name", "type", "value") if name in result}
        for result in results
        if id(result) not in said
    ]


def _tells(result: Result, kind: str) -> bool:
    """Whether a result of a kind that compares names a side or a tie."""
    value = result.get("value")
    if kind != "choices" or not isinstance(value, dict):
        return isinstance(value, dict) and value.get("selected", "") not in (None, "none")
    words = _listed(value.get("choices"))
    return any(isinstance(word, str) and word_verdict(word) is not None for word in words)


def other_kind(results: Sequence[Result]) -> str:
    """Why results of other kinds make no comparison."""
    kinds = sorted({excerpt_of(str(result.get("type") or "unnamed")) for result in results})
    return (
        f"Its results are of the kind {', '.join(kinds)}; only pairwise, choices and rating can "
        "say which of two responses is better."
    )


def rationale(results: Sequence[Result]) -> str:
    """What the annotator wrote, of every text area."""
    written: list[str] = []
    for _, result in _of(results, "textarea"):
        value = result.get("value")
        texts = value.get("text") if isinstance(value, dict) else None
        lines = texts if isinstance(texts, list) else [texts]
        written += [line for line in lines if isinstance(line, str) and line.strip()]
    return "\n\n".join(written)
