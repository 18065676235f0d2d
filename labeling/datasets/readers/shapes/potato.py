"""Potato: two texts in a list, and what each annotator chose.

Source: docs/annotation-types/comparison/pairwise_annotation.md of davidjurgens/potato: an item
lists its texts; an annotation names the scheme, with `selection` A, B or tie, or with
`scale_value`, which is negative where the first text is better. Items often have no prompt.
"""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, text_value, type_in_words, whole_number
from labeling.datasets.readers.shapes.base import COMMON, Rows, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.words import Verdict, word_verdict
from labeling.datasets.rows import OVERALL, ImportedJudgment, RefusalCode, RowError

_SELECTION, _SCALE = "selection", "scale_value"
_PAIR = 2
#: Names of the scheme that counts, where several compare the texts.
_MAIN = (OVERALL, "preference")


def _is_pair(value: object) -> bool:
    texts = decoded_cell(value)
    return (
        isinstance(texts, list)
        and len(texts) == _PAIR
        and all(isinstance(text, str) for text in texts)
    )


def _sides(record: Record) -> list[Candidate]:
    """The two texts of the list, else of columns of their own."""
    texts, field = decoded_cell(record.get("text")), record.column("text")
    if texts is None:
        return [side_of(record, side) for side in "ab"]
    if not isinstance(texts, list):
        raise RowError(
            field,
            f"Must be a list of two texts, not {type_in_words(texts)}.",
            texts,
            code=RefusalCode.WRONG_TYPE,
        )
    sides = [
        Candidate(f"{field}[{place}]", text_value(text, f"{field}[{place}]"))
        for place, text in enumerate(texts)
    ]
    for side, candidate in zip(("response_a", "response_b"), sides, strict=False):
        # Columns of their own repeat the list; where they say something else, it is not lost.
        if record.get(side) == candidate.content:
            record.leave(side)
        else:
            record.keep(side)
    return sides


def _schemes(record: Record) -> dict[str, Mapping[str, object]]:
    """What was said by scheme, of those that compare the texts."""
    said, field = record.get("label_annotations"), record.column("label_annotations")
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise RowError(
            field,
            f"Must be an object of schemes, not {type_in_words(said)}.",
            said,
            code=RefusalCode.WRONG_TYPE,
        )
    return {
        name: answer
        for name, answer in said.items()
        if isinstance(answer, dict) and {_SELECTION, _SCALE} & answer.keys()
    }


def _counting(schemes: Mapping[str, Mapping[str, object]], field: str) -> str:
    """The scheme that counts. Raises RowError where several may."""
    named = [name for name in schemes if name.lower() in _MAIN]
    if len(schemes) == 1 or len(named) == 1:
        return (named or list(schemes))[0]
    raise RowError(
        field,
        f"Has {len(schemes)} schemes that compare the texts. Leave the one that counts, or call "
        "it overall.",
        ", ".join(schemes),
        code=RefusalCode.AMBIGUOUS,
    )


def _judgments(record: Record, parts: Parts) -> list[ImportedJudgment]:
    schemes, field = _schemes(record), record.column("label_annotations")
    rater = record.label("user", most=limits.MAX_RATER) or record.label_rater
    if not schemes or not rater:
        record.keep("label_annotations")
        record.keep("user")
        return []
    name = _counting(schemes, field)
    answer = schemes[name]
    said = record.values.pop("label_annotations")
    others = {k: v for k, v in said.items() if k != name} if isinstance(said, dict) else {}
    if more := {k: v for k, v in answer.items() if k not in (_SELECTION, _SCALE)}:
        others[name] = more
    if others:
        # Another annotator says something else of the same texts.
        parts.extra["other_results"] = {rater: others}
    if answer.get(_SCALE) is not None:
        value = whole_number(answer[_SCALE], f"{field}.{name}.{_SCALE}")
        return [ImportedJudgment(rater, {OVERALL: value})]
    word = label(answer.get(_SELECTION), f"{field}.{name}.{_SELECTION}", most=limits.MAX_NAME)
    verdict = word_verdict(word)
    if verdict is None:
        raise RowError(f"{field}.{name}.{_SELECTION}", "Must be A, B or tie.", word)
    return [Verdict(verdict.value, verdict.tie_kind).judgment(rater)]


def _read(record: Record) -> list[Parts]:
    """The two texts, with what they answer if the row says it, and a label of its annotator."""
    has_prompt = any(record.get(name) is not None for name in ("prompt", "messages", "passage"))
    parts = Parts(prompt_of(record) if has_prompt else (), _sides(record))
    parts.no_prompt = not has_prompt
    parts.judgments = _judgments(record, parts)
    record.leave("displayed_text")
    return [parts]


def _annotated(row: Mapping[str, object]) -> bool:
    return isinstance(decoded_cell(row.get("label_annotations")), dict)


def _fits(sample: Sample) -> bool:
    """Every `text` is a pair, or annotations stand beside what Potato showed."""
    texts = [row.get("text") for row in sample.rows if row.get("text") is not None]
    if texts and all(map(_is_pair, texts)):
        return True
    return any(map(_annotated, sample.rows))


def _objection(rows: Rows) -> str:
    """Why annotations without the texts cannot be taken."""
    if not any(map(_annotated, rows)):
        return ""
    if any(_is_pair(row.get("text")) or len(_texts(row)) >= _PAIR for row in rows):
        return ""
    return (
        "These are Potato's annotations without the two texts: it names them by instance_id alone. "
        "Write the texts of your data file into each row, as text: [first, second], beside user_id "
        "and label_annotations, and import that."
    )


def _texts(row: Mapping[str, object]) -> list[str]:
    """Names of the columns that may hold a text to compare."""
    known = {"user_id", "instance_id", "displayed_text", "id"}
    return [name for name, said in row.items() if name not in known and isinstance(said, str)]


POTATO = Shape(
    key="potato",
    title="Potato: two texts to compare, with or without annotations",
    explanation=(
        "The texts of a list are the responses; without a prompt they are compared by themselves. "
        "What a scheme selects is a judgment by the row's user; a scale's number counts as it is."
    ),
    fields=(
        *("text", "response_a", "response_b", "prompt", "messages", "label_annotations"),
        *("user", "displayed_text"),
        *FRAME,
        *COMMON,
    ),
    needs=(("text",), ("response_a", "response_b")),
    read=_read,
    fits=_fits,
    objection=_objection,
    marked=True,
    promptless=True,
)
