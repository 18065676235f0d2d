"""What rows of several formats have in common: names, signed values, labelled responses."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import TaskRows, Values
from labeling.datasets.formats.columns import BOOL
from labeling.datasets.formats.nested import OPTIONAL_FLOAT
from labeling.datasets.recipes.outcome import Pair, ResponseLabel
from labeling.datasets.records import HowWritten, ResponseRecord, digest

#: How a person wrote the text of a row; of others nobody counted.
WRITTEN = (("paste_ratio", OPTIONAL_FLOAT), ("declared_assist", BOOL))


def how_written(item: TaskRows, response: ResponseRecord) -> Values:
    """The values of `WRITTEN` of a row with this response, where the release has the columns."""
    return (response.writing or HowWritten()) if item.needs.written else ()


def pair_id(item: TaskRows, pair: Pair) -> str:
    """A name for a pair, 16 hexadecimal digits; one judgment's pair is named by its pseudonym."""
    judgment = pair.judgment.id if pair.judgment else ""
    places = f"{pair.chosen} {pair.rejected}"
    return digest("pair", item.task.id, places, judgment, item.criterion.key).hex()[:16]


def demonstration_id(item: TaskRows, response: int) -> str:
    """A name for a response to imitate, 16 hexadecimal digits."""
    return digest("sft", item.task.id, str(response), item.criterion.key).hex()[:16]


def response_id(item: TaskRows, purpose: str, response: int) -> str:
    """A name for what is said of a response by itself, 16 hexadecimal digits."""
    return digest(purpose, item.task.id, str(response), item.criterion.key).hex()[:16]


def labelled(item: TaskRows) -> Iterator[tuple[ResponseLabel, ResponseRecord, str]]:
    """Each label with its response and the hash that mixes its row among others.

    A trainer that reads in file order does not learn from runs of one label, and the first digits
    of the hash name the row.
    """
    for number, label in enumerate(item.labels):
        key = digest("kto", item.task.id, str(number), item.criterion.key).hex()
        yield label, item.task.candidates[label.response], key


def canonical_sides(item: TaskRows, pair: Pair) -> tuple[ResponseRecord, ResponseRecord]:
    """The two responses of a pair in their canonical order, whichever was preferred."""
    candidates = item.task.candidates
    return (
        candidates[min(pair.chosen, pair.rejected)],
        candidates[max(pair.chosen, pair.rejected)],
    )


def signed_value(pair: Pair) -> int:
    """The preference as a whole number: negative where the first of the two sides is better.

    A mean is rounded half up, never to 0; 0 is a tie. It is -1 or 1 where nobody told a strength.
    """
    if pair.tie:
        return 0
    whole = max(1, int(abs(pair.value or pair.strength or 1) + 0.5))
    return -whole if pair.chosen < pair.rejected else whole


def shrunk(value: int, most: int, longest: int) -> int:
    """A value of a scale that ends at `longest`, on one that ends at `most` if that is shorter.

    A preference never becomes a tie.
    """
    if not value or longest <= most:
        return value
    whole = max(1, int(abs(value) * most / longest + 0.5))
    return -whole if value < 0 else whole
