"""What a file type is: how it turns rows into a batch, and the open file that takes batches.

The two halves run in different threads. Turning rows into a batch walks Python objects and needs
the interpreter; packing, writing and hashing a batch do not, and run beside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from labeling.datasets.formats.base import Values
from labeling.datasets.formats.columns import FileTable

Batch = TypeVar("Batch")


class OpenFile(ABC, Generic[Batch]):
    """A file being written."""

    @abstractmethod
    def append(self, batch: Batch) -> None:
        """Writes a batch. Raises OSError when the disk is full."""

    @abstractmethod
    def size(self) -> int:
        """Bytes that reached the file so far."""

    @property
    def crowded(self) -> bool:
        """Whether a new file must begin though this one is small."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Ends the file, once."""


class Sink(ABC, Generic[Batch]):
    """One file type for one table.

    A batch holds at most `batch_rows` rows and about `batch_chars` characters: what is in memory
    at a time, and in Parquet a row group.
    """

    suffix: ClassVar[str]
    batch_rows: ClassVar[int]
    batch_chars: ClassVar[int]

    def __init__(self, table: FileTable) -> None:
        self.table = table

    @abstractmethod
    def encode(self, rows: Sequence[Values]) -> Batch:
        """The rows as a batch. Raises UnicodeEncodeError for half of a character pair."""

    @abstractmethod
    def open(self, path: Path) -> OpenFile[Batch]:
        """A new file at `path`."""
