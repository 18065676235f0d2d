"""Label Studio exports of pairwise projects: JSON (a task with its annotations) and JSON-MIN.

Sources: labelstud.io/guide/task_format, and `convert_to_json_min` of label-studio-sdk: there the
keys of `data` stand beside `annotator`, `annotation_id` and one column a tag; a row is one
annotation. The keys of a task's `data` are lifted to columns, so that both are mapped alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.fields import label, moment, text_value, type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Rows, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.finish import Parts
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.verdicts import (
    COMPARING,
    Result,
    choice_words,
    other_kind,
    pairwise_verdict,
    rationale,
    results_beside,
    verdict,
)
from labeling.datasets.readers.words import Verdict, word_verdict
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError

_MINIMAL = ("annotator", "annotation_id")
#: What a task has before it is annotated.
_OF_TASK = frozenset({"id", "data", "predictions", "meta"})
#: What JSON-MIN says of the annotation and not of the task, so that it is none of its metadata.
_OF_ANNOTATION = ("created_at", "updated_at", "lead_time")


def lifted(row: dict[str, object]) -> dict[str, object]:
    """The row; of a Label Studio task, with the keys of its `data` as columns of their own.

    A key that the task has itself is called `data.key`, so that neither hides the other.
    """
    data = row.get("data")
    if type(data) is not dict or not ("annotations" in row or _is_task(row)):
        return row
    flat = {name: value for name, value in row.items() if name != "data"}
    for name, value in data.items():
        flat[name if name not in row else f"data.{name}"] = value
    return flat


def _is_task(row: Mapping[str, object]) -> bool:
    """Whether a row is a task to be imported into Label Studio, which nobody annotated yet."""
    return row.keys() <= _OF_TASK


def _annotator(annotator: object, field: str) -> str:
    """The name a label is stored under, from an id, an address, or an object with either."""
    if isinstance(annotator, dict):
        annotator = (
            annotator.get("id") if annotator.get("id") is not None else annotator.get("email")
        )
    name = label(annotator, field, most=limits.MAX_RATER - len("annotator-"))
    # A table with a gap among its annotators writes 6.0.
    name = name.removesuffix(".0") if name.removesuffix(".0").isdecimal() else name
    return f"annotator-{name}" if name else ""


def _results(results: object, field: str) -> list[Result]:
    if results is None:
        return []
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise RowError(field, "Must be a list of results.", results, code=RefusalCode.WRONG_TYPE)
    return results


def _sides(record: Record) -> list[str]:
    return [plain_name(record.column(name)) for name in ("response_a", "response_b")]


def _judgment(
    annotation: object,
    field: str,
    record: Record,
    skipped: Counter[str],
    beside: dict[str, list[dict[str, object]]],
) -> ImportedJudgment | None:
    """One annotation as a label; None, and counted by its reason, where it is none. What else it
    says is put `beside` under its annotator."""
    if not isinstance(annotation, dict):
        raise RowError(
            field,
            f"Must be an annotation, not {type_in_words(annotation)}.",
            annotation,
            code=RefusalCode.WRONG_TYPE,
        )
    if annotation.get("was_cancelled") or annotation.get("skipped"):
        skipped["cancelled"] += 1
        return None
    results = _results(annotation.get("result"), f"{field}.result")
    answer = verdict(results, f"{field}.result", _sides(record), graded=record.view.graded)
    rater = (
        _annotator(annotation.get("completed_by"), f"{field}.completed_by") or record.label_rater
    )
    if more := results_beside(results):
        beside.setdefault(rater or "nobody", []).extend(more)
    if answer is None or not rater:
        skipped["without a preference" if answer is None else "without an annotator"] += 1
        return None
    at = moment(annotation.get("created_at"), f"{field}.created_at")
    return answer.judgment(rater, text_value(rationale(results), f"{field}.result"), at)


def _read_task(record: Record, parts: Parts) -> None:
    for name in _OF_ANNOTATION:
        record.keep(name)
    annotations, field = record.get("annotations"), record.column("annotations")
    if annotations is None:
        return
    if not isinstance(annotations, list):
        raise RowError(
            field,
            f"Must be a list of annotations, not {type_in_words(annotations)}.",
            annotations,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(annotations) > limits.MAX_JUDGMENTS:
        raise RowError(
            field, f"Has more than {limits.MAX_JUDGMENTS} annotations.", code=RefusalCode.TOO_LONG
        )
    skipped: Counter[str] = Counter()
    beside: dict[str, list[dict[str, object]]] = {}
    read = [
        _judgment(annotation, f"{field}[{i}]", record, skipped, beside)
        for i, annotation in enumerate(annotations)
    ]
    parts.judgments = [judgment for judgment in read if judgment is not None]
    if skipped:
        parts.extra["annotations_not_taken"] = dict(sorted(skipped.items()))
    if beside:
        parts.extra["other_results"] = beside


def _minimal_verdict(record: Record) -> Verdict | None:
    """What a JSON-MIN row says: its mapped choice, or the column that holds a pairwise value."""
    name, value = record.column("choice"), record.get("choice")
    if value is None:
        values = {name: decoded_cell(value) for name, value in record.rest.items()}
        pairwise = [name for name, value in values.items() if _selections(value)]
        if not pairwise:
            return None
        name = _agreed_column(pairwise, values)
        value = record.rest.pop(name)
    value = decoded_cell(value)
    value = [value] if isinstance(value, dict) else value
    if selections := _selections(value):
        return pairwise_verdict(selections[0], name)
    word = text_value(value, name)
    answer = word_verdict(word, graded=record.view.graded)
    if answer is None:
        raise RowError(name, "Names neither side. Use words such as left, right or tie.", word)
    return answer


def _agreed_column(columns: Sequence[str], values: Mapping[str, object]) -> str:
    """The first of several pairwise columns. Raises RowError where they name several sides."""
    said = {_selections(values[column])[0].get("selected") for column in columns}
    if len(said) > 1:
        raise RowError(
            columns[1],
            f"Names another side than {columns[0]}. Say which of them counts, such as "
            f"choice={columns[0]}.",
            code=RefusalCode.AMBIGUOUS,
        )
    return columns[0]


def _selections(value: object) -> list[Mapping[str, object]]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict) and "selected" in item]


def _read_minimal(record: Record, parts: Parts) -> None:
    answer = _minimal_verdict(record)
    rater = _annotator(record.get("annotator"), record.column("annotator")) or record.label_rater
    if answer is None or not rater:
        record.keep("choice")
        record.keep("annotator")
        return
    # They say how this label came about, and would be another's with each row of the task.
    record.leave("annotation_id", "updated_at", "lead_time")
    at = moment(record.get("created_at"), record.column("created_at"))
    reason = text_value(record.get("rationale") or "", record.column("rationale"))
    parts.judgments = [answer.judgment(rater, reason, at)]


def _read(record: Record) -> list[Parts]:
    """The pair, and a label of every annotation that says which is better."""
    parts = Parts(prompt_of(record), (side_of(record, "a"), side_of(record, "b")))
    if record.get("annotations") is not None:
        _read_task(record, parts)
    else:
        _read_minimal(record, parts)
    return [parts]


def _annotations(row: Mapping[str, object]) -> Sequence[Mapping[str, object]] | None:
    """The annotations of a task; None for a row that is none."""
    annotations = decoded_cell(row.get("annotations"))
    if not isinstance(annotations, list):
        return None
    tasks = all(
        isinstance(annotation, dict) and "result" in annotation for annotation in annotations
    )
    return annotations if tasks else None


def _fits(sample: Sample) -> bool:
    if sample.has("annotations"):
        return any(_annotations(row) is not None for row in sample.rows)
    return sample.has(*_MINIMAL)


def _kinds(rows: Rows) -> Iterable[Result]:
    """Every result of the sampled annotations."""
    for row in rows:
        for annotation in _annotations(row) or ():
            results = annotation.get("result")
            if isinstance(results, list):
                yield from (result for result in results if isinstance(result, dict))


def _words(sample: Sample) -> Iterator[str]:
    """What annotators chose, of either kind of export."""
    yield from choice_words(list(_kinds(sample.rows)))
    yield from (value for value in sample.values("choice") if isinstance(value, str))


def _objection(rows: Rows) -> str:
    """Why an export of another type of project cannot be taken."""
    results = list(_kinds(rows))
    if not results or any(result.get("type") in COMPARING for result in results):
        return ""
    return f"This Label Studio export is of no pairwise project. {other_kind(results)}"


LABEL_STUDIO = Shape(
    key="labelstudio",
    title="Label Studio: tasks with pairwise annotations, JSON or JSON-MIN",
    explanation=(
        "Each annotation is a judgment by its annotator, who becomes a placeholder such as "
        "annotator-7. Pairwise results count, else choices that name a side or a tie, else ratings "
        "of both responses. Annotations that were cancelled or say nothing are counted in the "
        "metadata; predictions are never judgments."
    ),
    fields=(
        *("prompt", "messages", "response_a", "response_b", "model_a", "model_b"),
        *("annotations", "choice", "annotator", "annotation_id", "rationale"),
        *_OF_ANNOTATION,
        *FRAME,
        *COMMON,
    ),
    needs=(("response_a", "response_b"),),
    read=_read,
    fits=_fits,
    objection=_objection,
    words=_words,
    marked=True,
    promptless=True,
)
