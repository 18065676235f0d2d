"""Ranked responses: lists with ranks, answers that have a rank each, and best-of-n.

NeMo-RL's `PreferenceDataset` (docs/guides/dpo.md): `context`, `completions` of `rank` and a list of
messages; the lower rank is better. Nectar (card of berkeley-nest/Nectar): a transcript and seven
`answers` with `answer`, `model` and `rank`, by GPT-4. RewardBench 2 (card of
allenai/reward-bench-2): `chosen` and `rejected` are lists of right and of wrong answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import messages
from labeling.datasets.readers.fields import label, text_value, type_in_words, whole_number
from labeling.datasets.readers.shapes.base import (
    ABOUT,
    RANKED_OR_PAIRED,
    Sample,
    Shape,
    decoded_cell,
)
from labeling.datasets.readers.shapes.chats import Chat, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.pairs import listed_responses
from labeling.datasets.readers.shapes.prompts import FRAME, framed, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.spread import rank_numbers, several_parts
from labeling.datasets.readers.shapes.transcripts import looks_like_transcript, text_prompt
from labeling.datasets.readers.shapes.ultrafeedback import completions_of
from labeling.datasets.readers.taskkinds import check_most
from labeling.datasets.rows import RefusalCode, RowError

_RATED = ("rater", "rationale", "at")
_SIDES = ("chosen", "rejected")
_MODEL = limits.MAX_MODEL


def _read_list(record: Record) -> list[Parts]:
    """Every pair of `responses`, by `ranks`."""
    candidates, field = listed_responses(record), record.column("ranks")
    ranks = record.get("ranks")
    if not isinstance(ranks, list):
        raise RowError(
            field,
            f"Must be a list of ranks, not {type_in_words(ranks)}.",
            ranks,
            code=RefusalCode.WRONG_TYPE,
        )
    return several_parts(record, prompt_of(record), candidates, rank_numbers(ranks, field))


def _completion(completion: object, field: str) -> tuple[Candidate, int, dict[str, object]]:
    """A completion, its rank, and what else is said of it."""
    if not isinstance(completion, dict):
        raise RowError(
            field,
            f'Must be {{"rank": …, "completion": …}}, not {type_in_words(completion)}.',
            completion,
            code=RefusalCode.WRONG_TYPE,
        )
    rank = whole_number(completion.get("rank"), f"{field}.rank")
    name = f"{field}.completion"
    reply = reply_of(messages(completion.get("completion"), name), name)
    model = label(completion.get("model"), f"{field}.model", most=limits.MAX_MODEL)
    known = ("rank", "completion", "model")
    more = {name: said for name, said in completion.items() if name not in known}
    return Candidate(name, reply.content, model, messages=reply.messages), rank, more


def _read_nemo(record: Record) -> list[Parts]:
    """Every pair of `completions`, by the rank of each."""
    prompt = record.chat("context")
    completions, field = completions_of(record)
    read = [_completion(completion, f"{field}[{i}]") for i, completion in enumerate(completions)]
    candidates, ranks, extras = zip(*read, strict=True) if read else ((), (), ())
    return several_parts(record, prompt, candidates, ranks, extras)


def _nemo_fits(sample: Sample) -> bool:
    return any("completion" in item for item in sample.items("completions"))


#: Keys under which a ranked answer has its text.
_TEXT_KEYS = ("answer", "response", "text", "content", "completion", "output", "generation")
_OF_RANKED = {*_TEXT_KEYS, "rank", "model", "id"}


def _text_key(item: Mapping[str, object]) -> str:
    return next((name for name in _TEXT_KEYS if name in item), _TEXT_KEYS[0])


def _ranked(item: object, field: str) -> tuple[Candidate, int, dict[str, object]]:
    """A ranked answer, its rank, and what else is said of it."""
    if not isinstance(item, dict):
        raise RowError(
            field,
            f'Must be {{"answer": …, "rank": …}}, not {type_in_words(item)}.',
            item,
            code=RefusalCode.WRONG_TYPE,
        )
    key = _text_key(item)
    name, model = f"{field}.{key}", label(item.get("model"), f"{field}.model", most=_MODEL)
    external_id = label(item.get("id"), f"{field}.id", most=limits.MAX_ID)
    said = item.get(key)
    if isinstance(said, list):
        reply = reply_of(messages(said, name), name)
        candidate = Candidate(name, reply.content, model, external_id, reply.messages)
    else:
        candidate = Candidate(name, text_value(said, name), model, external_id)
    more = {k: v for k, v in item.items() if k not in _OF_RANKED or (k in _TEXT_KEYS and k != key)}
    return candidate, whole_number(item.get("rank"), f"{field}.rank"), more


def _read_ranked(record: Record) -> list[Parts]:
    """Answers that have a rank each."""
    answers, field = record.get("ranked"), record.column("ranked")
    if not isinstance(answers, list):
        raise RowError(
            field,
            f"Must be a list of answers, not {type_in_words(answers)}.",
            answers,
            code=RefusalCode.WRONG_TYPE,
        )
    check_most(len(answers))
    read = [_ranked(item, f"{field}[{i}]") for i, item in enumerate(answers)]
    candidates, ranks, extras = zip(*read, strict=True) if read else ((), (), ())
    return several_parts(record, _prompt(record), candidates, ranks, extras)


def _prompt(record: Record) -> Chat:
    """The prompt, also where it is a transcript that ends before the answer."""
    asked = record.get("prompt")
    if looks_like_transcript(asked):
        return framed(record, text_prompt(str(asked), record.column("prompt")))
    return prompt_of(record)


def _is_ranked(sample: Sample) -> bool:
    items = list(sample.items("ranked"))
    return bool(items) and all("rank" in item and _text_key(item) in item for item in items)


def _read_best_of_n(record: Record) -> list[Parts]:
    """All right and all wrong answers of a prompt: the right ones stand above the wrong ones."""
    candidates: list[Candidate] = []
    ranks: list[int] = []
    for rank, side in enumerate(_SIDES, 1):
        texts, field = decoded_cell(record.get(side)), record.column(side)
        if not isinstance(texts, list):
            raise RowError(
                field,
                f"Must be a list of answers, not {type_in_words(texts)}.",
                texts,
                code=RefusalCode.WRONG_TYPE,
            )
        if not texts:
            reason = "Is empty. Right and wrong answers are needed, one of each at least."
            raise RowError(field, reason, code=RefusalCode.EMPTY)
        check_most(len(texts))
        names = [f"{field}[{i}]" for i in range(len(texts))]
        candidates += (
            Candidate(name, text_value(text, name)) for name, text in zip(names, texts, strict=True)
        )
        ranks += [rank] * len(texts)
    models = record.get("models")
    if isinstance(models, list) and len(models) == len(candidates):
        candidates = [
            replace(candidate, model=label(model, record.column("models"), most=_MODEL))
            for candidate, model in zip(candidates, models, strict=True)
        ]
    else:
        record.keep("models")
    return several_parts(record, _prompt(record), candidates, ranks, decided_only=True)


def is_best_of_n(sample: Sample) -> bool:
    """Whether `chosen` and `rejected` are lists of texts."""
    return all(
        values and all(map(_is_texts, values))
        for values in (list(sample.values(side)) for side in _SIDES)
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


_EXPLANATION = (
    "Three and more responses are one task that ranks them, two are compared; as comparisons, each "
    "pair becomes a task of its own. The lower rank is better and equal ranks are a tie, as a "
    "label only where a rater is named."
)

RANKED = Shape(
    key="nectar",
    title="Nectar: a prompt and answers that have a rank each",
    explanation=_EXPLANATION,
    fields=("prompt", "messages", "ranked", *FRAME, *ABOUT, *_RATED),
    needs=(("prompt", "ranked"), ("messages", "ranked")),
    read=_read_ranked,
    fits=_is_ranked,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
)

BEST_OF_N = Shape(
    key="bestofn",
    title="Best of n, as RewardBench 2: lists of right and of wrong answers",
    explanation=(
        "All answers of a row are one task that ranks them. As comparisons, each right one with "
        "each wrong one is a task of its own. Where a rater is named, the two grades of the row "
        "are a label: the right ones share the first place, the wrong ones the second."
    ),
    fields=("prompt", "messages", "chosen", "rejected", "models", *FRAME, *ABOUT, *_RATED),
    needs=(("prompt", "chosen", "rejected"), ("messages", "chosen", "rejected")),
    read=_read_best_of_n,
    fits=is_best_of_n,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
)

LISTWISE = Shape(
    key="listwise",
    title="Rankings: a prompt, responses and their ranks",
    explanation=_EXPLANATION,
    fields=("prompt", "messages", "responses", "ranks", *FRAME, *ABOUT, *_RATED),
    needs=(("responses", "ranks"),),
    read=_read_list,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
)

NEMO = Shape(
    key="nemo",
    title="NeMo-RL: a context and ranked completions",
    explanation=_EXPLANATION,
    fields=("context", "completions", *ABOUT, *_RATED),
    needs=(("context", "completions"),),
    read=_read_nemo,
    fits=_nemo_fits,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
)
