"""Argilla exports: records with fields, and what people answered to each question.

Sources: docs.argilla.io, `rg.Dataset.records.to_datasets()` (a column `question.responses` with
`.users` and `.status` beside it), `to_list()` and `to_json()` (`fields` and `responses` nested),
and the `FeedbackDataset` before them (a column a question, of `user_id`, `value` and `status`). All
are lifted to the first, so that they are mapped alike. Suggestions are a model's: metadata.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.winning import names_of_pair
from labeling.datasets.readers.winners import PairNames
from labeling.datasets.readers.words import Verdict
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError

_ANSWERS = re.compile(r"(.+)\.responses")
_SUBMITTED = "submitted"
_RATER = "annotator-"
#: Keys of an answer as the older export lists it.
_OF_ANSWER = frozenset({"user_id", "value"})
_READ = _OF_ANSWER | {"status"}
_OF_RANK = frozenset({"value", "rank"})
_PAIR = 2


def lifted_record(row: dict[str, object]) -> dict[str, object]:
    """The row; of an Argilla record, with its fields and its answers as columns of their own."""
    fields, answers = row.get("fields"), row.get("responses")
    if type(fields) is dict and (type(answers) is dict or "suggestions" in row):
        flat = {name: said for name, said in row.items() if name not in ("fields", "responses")}
        for name, said in fields.items():
            flat[name if name not in row else f"fields.{name}"] = said
        return flat | _columns(answers if isinstance(answers, dict) else {})
    # The older export names its record so, and every column may be a question.
    if "external_id" not in row:
        return row
    listed = {name: said for name, said in row.items() if _is_listed(said)}
    if not listed:
        return row
    return {name: said for name, said in row.items() if name not in listed} | _columns(listed)


def _is_listed(value: object) -> bool:
    """Whether a value is the answers to a question: as objects, or as an object of lists."""
    if type(value) is list:
        return bool(value) and type(value[0]) is dict and value[0].keys() >= _OF_ANSWER
    return type(value) is dict and value.keys() >= _OF_ANSWER and type(value["value"]) is list


def _columns(questions: Mapping[str, object]) -> dict[str, object]:
    """The answers to each question as three lists, and what else an answer says as a fourth."""
    columns: dict[str, object] = {}
    for name, said in questions.items():
        answers = _one_by_one(said) if isinstance(said, dict) else said
        if not isinstance(answers, list) or not all(isinstance(a, dict) for a in answers):
            columns[f"responses.{name}"] = said
            continue
        for end, key in (("", "value"), (".users", "user_id"), (".status", "status")):
            columns[f"{name}.responses{end}"] = [answer.get(key) for answer in answers]
        more = [{k: v for k, v in answer.items() if k not in _READ} for answer in answers]
        if any(more):
            columns[f"{name}.responses.other"] = more
    return columns


def _one_by_one(answers: Mapping[str, object]) -> object:
    """An object of lists, as tables have it, as a list of objects; the one object in a list."""
    lists = {name: said for name, said in answers.items() if isinstance(said, list)}
    if not isinstance(answers.get("value"), list):
        return [answers]
    if len(lists) < len(answers) or len(set(map(len, lists.values()))) > 1:
        return answers
    return [dict(zip(lists, said, strict=True)) for said in zip(*lists.values(), strict=True)]


def _beside(record: Record, question: str, name: str, length: int) -> list[object]:
    """The list beside the answers to a question. Raises RowError where it is of another length."""
    column = f"{question}.responses.{name}"
    values = decoded_cell(record.rest.get(column))
    if values is None:
        return [None] * length
    if not isinstance(values, list) or len(values) != length:
        raise RowError(
            column,
            f"Must be a list of {length}, one for each of {question}.responses.",
            values,
            code=RefusalCode.CONTRADICTION,
        )
    return values


def _questions(record: Record) -> Iterator[tuple[str, list[object]]]:
    """The name of each question that somebody answered, and the answers."""
    for column, cell in record.rest.items():
        if match := _ANSWERS.fullmatch(column):
            answers = decoded_cell(cell)
            if isinstance(answers, list) and answers:
                yield match[1], answers


def _ranked(answer: Sequence[object], sides: PairNames) -> Verdict | None:
    """What an order of the two says: names from best to worst, or objects of a name and a rank."""
    ranks: dict[int, object] = {}
    for place, item in enumerate(answer):
        name, rank = item, place
        if isinstance(item, dict):
            if item.keys() != _OF_RANK:
                return None
            name, rank = item["value"], item["rank"]
        verdict = sides.named(name)
        if verdict is None or not verdict.value or verdict.value in ranks:
            return None
        ranks[verdict.value] = rank
    first, second = ranks.get(-1), ranks.get(1)
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return None
    return Verdict((first > second) - (first < second))


def _verdict(answer: object, sides: PairNames, *, graded: bool) -> Verdict | None:
    if isinstance(answer, list) and len(answer) == _PAIR:
        return _ranked(answer, sides)
    if isinstance(answer, list) and len(answer) == 1:
        return sides.named(answer[0], graded=graded)
    return sides.named(answer, graded=graded)


def _comparing(record: Record, sides: PairNames) -> str:
    """The question whose every answer names a side or a tie; "" where there is none.

    Raises RowError where there are several, and nobody said which of them counts.
    """
    graded = record.view.graded
    comparing = [
        question
        for question, answers in _questions(record)
        if all(answer is None or _verdict(answer, sides, graded=graded) for answer in answers)
        and any(answer is not None for answer in answers)
    ]
    if len(comparing) > 1:
        raise RowError(
            f"{comparing[1]}.responses",
            f"Compares the responses, as {comparing[0]}.responses does. Say which of them counts, "
            f"such as answers={comparing[0]}.responses.",
            code=RefusalCode.AMBIGUOUS,
        )
    return comparing[0] if comparing else ""


def _chosen(record: Record, sides: PairNames) -> tuple[str, list[object]] | None:
    """The question that counts and its answers; those of a mapped one are judged by itself."""
    if (answers := decoded_cell(record.get("answers"))) is not None:
        column = record.column("answers")
        if not isinstance(answers, list):
            raise RowError(
                column,
                f"Must be a list of answers, not {type_in_words(answers)}.",
                answers,
                code=RefusalCode.WRONG_TYPE,
            )
        return column.removesuffix(".responses"), answers
    question = _comparing(record, sides)
    if not question:
        return None
    answers = decoded_cell(record.rest.pop(f"{question}.responses"))
    return question, answers if isinstance(answers, list) else []


def _judgments(record: Record, pair: Sequence[Candidate], parts: Parts) -> None:
    """A judgment of each user who submitted an answer; others are counted by their reason."""
    sides = names_of_pair(pair)
    if (chosen := _chosen(record, sides)) is None:
        return
    question, answers = chosen
    if len(answers) > limits.MAX_JUDGMENTS:
        raise RowError(
            f"{question}.responses",
            f"Has more than {limits.MAX_JUDGMENTS} answers.",
            code=RefusalCode.TOO_LONG,
        )
    users = _beside(record, question, "users", len(answers))
    states = _beside(record, question, "status", len(answers))
    skipped: Counter[str] = Counter()
    for place, (answer, user, state) in enumerate(zip(answers, users, states, strict=True)):
        field = f"{question}.responses[{place}]"
        judgment = _judgment(record, field, (answer, user, state), sides, skipped)
        if judgment is not None:
            parts.judgments.append(judgment)
    if skipped:
        parts.extra["answers_not_taken"] = dict(sorted(skipped.items()))
    for name in ("users", "status"):
        record.rest.pop(f"{question}.responses.{name}", None)


def _judgment(
    record: Record,
    field: str,
    said: tuple[object, object, object],
    sides: PairNames,
    skipped: Counter[str],
) -> ImportedJudgment | None:
    answer, user, state = said
    if state not in (None, _SUBMITTED) or answer is None:
        skipped[str(state)[: limits.EXCERPT] if answer is not None else "without an answer"] += 1
        return None
    verdict = _verdict(answer, sides, graded=record.view.graded)
    if verdict is None:
        raise RowError(field, "Names neither response nor a tie.", answer)
    name = label(user, f"{field}.users", most=limits.MAX_RATER - len(_RATER))
    rater = f"{_RATER}{name}" if name else record.label_rater
    if not rater:
        skipped["without a user"] += 1
        return None
    return verdict.judgment(rater)


def _read(record: Record) -> list[Parts]:
    """The pair, and a label of every user who says which is better."""
    pair = side_of(record, "a"), side_of(record, "b")
    parts = Parts(prompt_of(record), pair)
    _judgments(record, pair, parts)
    return [parts]


def _answer_columns(sample: Sample) -> list[str]:
    return [
        column
        for column in sample.columns
        if _ANSWERS.fullmatch(column) and f"{column}.users" in sample.columns
    ]


def _fits(sample: Sample) -> bool:
    return bool(_answer_columns(sample))


def _words(sample: Sample) -> Iterator[str]:
    """What people answered, in words."""
    columns = _answer_columns(sample)
    for row in sample.rows:
        for column in columns:
            answers = decoded_cell(row.get(column))
            if isinstance(answers, list):
                yield from (answer for answer in answers if isinstance(answer, str))


ARGILLA = Shape(
    key="argilla",
    title="Argilla: records with the answers of each user",
    explanation=(
        "Each submitted answer that names a response or a tie, or orders the two, is a judgment by "
        "its user, who becomes a placeholder such as annotator-3f2a. Drafts and discarded answers "
        "are counted in the metadata; other questions and suggestions stay metadata."
    ),
    fields=(
        *("prompt", "messages", "response_a", "response_b", "model_a", "model_b", "answers"),
        *FRAME,
        *COMMON,
    ),
    needs=(("response_a", "response_b"),),
    read=_read,
    fits=_fits,
    words=_words,
    marked=True,
    promptless=True,
)
