"""Ranked responses: lists with ranks, and NeMo-RL's completions with a rank each.

NeMo-RL's `PreferenceDataset` (docs/guides/dpo.md): `context`, `completions` of `rank` and a list of
messages; the lower rank is better.
"""

from __future__ import annotations

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import messages
from labeling.datasets.readers.fields import label, type_in_words, whole_number
from labeling.datasets.readers.shapes.base import ABOUT, Sample, Shape
from labeling.datasets.readers.shapes.chats import reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.pairs import listed_responses
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.spread import paired_parts, rank_numbers
from labeling.datasets.readers.shapes.ultrafeedback import completions_of
from labeling.datasets.rows import RefusalCode, RowError

_RATED = ("rater", "rationale", "at")


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
    return paired_parts(record, prompt_of(record), candidates, rank_numbers(ranks, field))


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
    return paired_parts(record, prompt, candidates, ranks, extras)


def _nemo_fits(sample: Sample) -> bool:
    return any("completion" in item for item in sample.items("completions"))


_EXPLANATION = (
    "Two responses are one task; of more, each pair becomes a task of its own. The lower rank is "
    "better and equal ranks are a tie, as a label only where a rater is named."
)

LISTWISE = Shape(
    key="listwise",
    title="Rankings: a prompt, responses and their ranks",
    explanation=_EXPLANATION,
    fields=("prompt", "messages", "responses", "ranks", *FRAME, *ABOUT, *_RATED),
    needs=(("responses", "ranks"),),
    read=_read_list,
    spreads=True,
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
)
