"""UltraFeedback: an instruction with up to four scored completions (arXiv:2310.01377).

Scores, ratings and critiques are a model's and never become judgments.
"""

from __future__ import annotations

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, text_value, type_in_words
from labeling.datasets.readers.shapes.base import ABOUT, RANKED_OR_PAIRED, Sample, Shape
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.spread import several_parts
from labeling.datasets.rows import RefusalCode, RowError


def completions_of(record: Record) -> tuple[list[object], str]:
    """The list under `completions`, and its name. Raises RowError for anything else."""
    completions, field = record.get("completions"), record.column("completions")
    if not isinstance(completions, list):
        raise RowError(
            field,
            f"Must be a list of completions, not {type_in_words(completions)}.",
            completions,
            code=RefusalCode.WRONG_TYPE,
        )
    return completions, field


def _completion(completion: object, field: str) -> tuple[Candidate, dict[str, object]]:
    """A completion, and what a model said of it."""
    if not isinstance(completion, dict):
        raise RowError(
            field,
            f'Must be {{"response": …}}, not {type_in_words(completion)}.',
            completion,
            code=RefusalCode.WRONG_TYPE,
        )
    candidate = Candidate(
        field=f"{field}.response",
        content=text_value(completion.get("response"), f"{field}.response"),
        model=label(completion.get("model"), f"{field}.model", most=limits.MAX_MODEL),
    )
    return candidate, {
        name: value
        for name, value in completion.items()
        if name not in ("response", "model") and value is not None
    }


def _read(record: Record) -> list[Parts]:
    """Every pair of the completions."""
    completions, field = completions_of(record)
    read = [_completion(completion, f"{field}[{i}]") for i, completion in enumerate(completions)]
    candidates, extras = [candidate for candidate, _ in read], [extra for _, extra in read]
    if record.get("models") != [candidate.model for candidate in candidates]:
        record.keep("models")
    return several_parts(record, prompt_of(record), candidates, extras=extras)


def _fits(sample: Sample) -> bool:
    return any("response" in item for item in sample.items("completions"))


ULTRAFEEDBACK = Shape(
    key="ultrafeedback",
    title="UltraFeedback: an instruction and its scored completions",
    explanation=(
        "Each pair of a row's completions becomes a task of its own, six where there are four. "
        "Scores and critiques are a model's: they stay metadata and are never judgments."
    ),
    fields=("prompt", "messages", "completions", "models", *FRAME, *ABOUT),
    needs=(("prompt", "completions"), ("messages", "completions")),
    read=_read,
    fits=_fits,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
)
