"""OpenAI's published sets of human feedback: WebGPT, and summaries compared or rated.

Sources: the cards of openai/webgpt_comparisons (arXiv:2112.09332): `score_0` and `score_1` add up
to 0, the higher one is better; and of openai/summarize_from_feedback, configuration `comparisons`
(arXiv:2009.01325): `choice` counts the summaries from 0; configuration `axis`: one `summary` with
`axes` from 1 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import filled, label, text_value, type_in_words, whole_number
from labeling.datasets.readers.shapes.base import ABOUT, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import judged, rater_of, valued
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import user_turn
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError

_RATED = ("rater", "rationale", "at")
_SCORES = ("score_0", "score_1")
#: Texts that are summarised, of the two sources; titles of either.
_TEXTS = ("post", "article")
_PAIR = 2
_OF_SUMMARY = frozenset({"text", "policy"})


def _asked(record: Record) -> Mapping[str, object]:
    asked, field = record.get("asked"), record.column("asked")
    if not isinstance(asked, dict):
        raise RowError(
            field,
            f"Must be an object, not {type_in_words(asked)}.",
            asked,
            code=RefusalCode.WRONG_TYPE,
        )
    return asked


def _score(value: object, field: str) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1 <= value <= 1:
        raise RowError(field, "Must be a number from -1 to 1.", value, code=RefusalCode.WRONG_TYPE)
    return value


def _by_score(record: Record) -> list[ImportedJudgment]:
    """The side with the higher score, where somebody is named who gave them."""
    rater = rater_of(record)
    if not rater or any(record.get(name) is None for name in _SCORES):
        for name in _SCORES:
            record.keep(name)
        return []
    first, second = (_score(record.get(name), record.column(name)) for name in _SCORES)
    if (first > 0 and second > 0) or (first < 0 and second < 0):
        raise RowError(
            record.column("score_1"),
            "Prefers the same side as the other score. They add up to 0.",
            second,
            code=RefusalCode.CONTRADICTION,
        )
    value = (second > first) - (second < first)
    for name in _SCORES:
        record.keep(name)
    return [judged(record, rater, value, side_only=True)]


def _read_webgpt(record: Record) -> list[Parts]:
    """The question and the two answers; the tokens repeat their texts."""
    asked, field = _asked(record), record.column("asked")
    prompt = user_turn(filled(asked.get("full_text"), f"{field}.full_text"), field)
    sides = side_of(record, "a"), side_of(record, "b")
    parts = Parts(prompt, sides, _by_score(record))
    about = {name: said for name, said in asked.items() if name != "full_text" and said}
    if about:
        parts.extra[field] = about
    record.leave("tokens_0", "tokens_1")
    return [parts]


def _is_webgpt(sample: Sample) -> bool:
    return any(isinstance(asked, dict) and "full_text" in asked for asked in sample.values("asked"))


def _original(record: Record) -> Chat:
    """The text that is summarised, under its title."""
    info, field = _asked(record), record.column("asked")
    name = next((name for name in _TEXTS if info.get(name)), _TEXTS[0])
    text = filled(info.get(name), f"{field}.{name}")
    title = text_value(info.get("title") or "", f"{field}.title")
    return user_turn("\n\n".join(part for part in (title, text) if part.strip()), field)


def _summary(value: object, field: str) -> Candidate:
    if not isinstance(value, dict):
        raise RowError(
            field,
            f'Must be a summary {{"text": …}}, not {type_in_words(value)}.',
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    model = label(value.get("policy"), f"{field}.policy", most=limits.MAX_MODEL)
    return Candidate(f"{field}.text", text_value(value.get("text"), f"{field}.text"), model)


def _by_choice(record: Record) -> list[ImportedJudgment]:
    rater = rater_of(record)
    if not rater or record.get("choice") is None:
        record.keep("choice")
        record.keep("rater")
        return []
    chosen, field = whole_number(record.get("choice"), record.column("choice")), "choice"
    if chosen not in range(_PAIR):
        raise RowError(record.column(field), "Must be 0 or 1, the place of a summary.", chosen)
    return [judged(record, rater, 1 if chosen else -1, side_only=True)]


def _read_summaries(record: Record) -> list[Parts]:
    """The text and its two summaries; `choice` is a label by the worker."""
    summaries, field = record.get("summaries"), record.column("summaries")
    if not isinstance(summaries, list):
        raise RowError(
            field,
            f"Must be a list of two summaries, not {type_in_words(summaries)}.",
            summaries,
            code=RefusalCode.WRONG_TYPE,
        )
    candidates = [_summary(said, f"{field}[{place}]") for place, said in enumerate(summaries)]
    parts = Parts(_original(record), candidates, _by_choice(record))
    if info := _info(record):
        parts.extra[record.column("asked")] = info
    more = [_beyond(said) for said in summaries]
    if any(more):
        parts.extra["summaries"] = more
    return [parts]


def _read_axes(record: Record) -> list[Parts]:
    """The text and its summary; what it got on each axis is a label by the worker."""
    said, field = record.get("summary"), record.column("summary")
    candidate = _summary(said, field)
    summary = said if isinstance(said, dict) else {}
    axes, name = summary.get("axes"), f"{field}.axes"
    if axes is not None and not isinstance(axes, dict):
        raise RowError(
            name,
            f"Must be an object of axis: number, not {type_in_words(axes)}.",
            axes,
            code=RefusalCode.WRONG_TYPE,
        )
    values = {
        axis: whole_number(value, f"{name}.{axis}"[: limits.MAX_FIELD_NAME])
        for axis, value in (axes or {}).items()
        if value is not None
    }
    parts = Parts(_original(record), [candidate])
    more = _beyond(summary)
    if values and (rater := rater_of(record)):
        parts.judgments = [valued(record, rater, values)]
        more.pop("axes", None)
    else:
        record.keep("rater")
    if more:
        parts.extra["summary"] = more
    if about := _info(record):
        parts.extra[record.column("asked")] = about
    return [parts]


def _info(record: Record) -> dict[str, object]:
    """What is said of the original beside its text and its title."""
    return {
        name: said
        for name, said in _asked(record).items()
        if said and name not in (*_TEXTS, "title")
    }


def _is_axes(sample: Sample) -> bool:
    return any(isinstance(said, dict) and "text" in said for said in sample.values("summary"))


def _beyond(summary: Mapping[str, object]) -> dict[str, object]:
    """What is said of a summary beside its text and its model, such as a note."""
    return {name: said for name, said in summary.items() if said and name not in _OF_SUMMARY}


def _is_summaries(sample: Sample) -> bool:
    return any("text" in item for item in sample.items("summaries"))


WEBGPT = Shape(
    key="webgpt",
    title="WebGPT comparisons: a question, two answers and a score of each",
    explanation=(
        "The higher score is the better answer, as a label only where a rater is named; the "
        "scores and quotes stay metadata. Tokens repeat the texts and are left out."
    ),
    fields=(
        *("asked", "response_a", "response_b", "model_a", "model_b", *_SCORES),
        *("tokens_0", "tokens_1", *ABOUT, *_RATED),
    ),
    needs=(("asked", "response_a", "response_b"),),
    read=_read_webgpt,
    fits=_is_webgpt,
)

SUMMARIES = Shape(
    key="summaries",
    title="OpenAI's summaries with feedback: a text, two summaries and a choice",
    explanation=(
        "The text under its title is the prompt, the policies are the models, and the choice is a "
        "judgment by the row's worker."
    ),
    fields=("asked", "summaries", "choice", *ABOUT, *_RATED),
    needs=(("asked", "summaries"),),
    read=_read_summaries,
    fits=_is_summaries,
)

SUMMARY_AXES = Shape(
    key="axes",
    title="OpenAI's summaries with feedback: a text, one summary and its axes from 1 to 7",
    explanation=(
        "The text under its title is the prompt, the policy is the model, and each axis is a label "
        "by the row's worker on the criterion of its name; “overall” is the primary one."
    ),
    fields=("asked", "summary", *ABOUT, *_RATED),
    needs=(("asked", "summary"),),
    read=_read_axes,
    fits=_is_axes,
)
