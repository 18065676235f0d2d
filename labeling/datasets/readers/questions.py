"""What a file does not say of itself: questions, each with the mappings that would answer it.

A reader that is unsure asks. The screen shows the question with its options; the command and the
API refuse the file with the mappings spelled out, or accept the guess where they are told to.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from labeling.datasets.readers.fields import visible
from labeling.datasets.rows import FileCode, UnreadableFile

#: Characters of a column's name in a question.
_NAME = 60


def quoted(column: str) -> str:
    """The name of a column as a question says it, storable and not too long."""
    return f"“{visible(column, _NAME)}”"


class Meaning(Struct, frozen=True):
    """One answer: what it means, in words, and the mapping (and kind of rows) that says so.

    In a mapping, the name of a column with nothing behind it leaves that column as metadata.
    """

    text: str
    mapping: Mapping[str, str]
    format: str = ""


class ColumnQuestion(Struct, frozen=True):
    """What has to be known before a row is written.

    `code` is for programs; `columns` are those it is about. `guess` is the place of the option
    that stands to reason, None where none does; `example` is what stands in the first row that
    has something. A mapping that answers a question ends it.
    """

    code: str
    text: str
    options: tuple[Meaning, ...] = ()
    guess: int | None = None
    columns: tuple[str, ...] = ()
    example: str = ""


class OpenQuestions(UnreadableFile):
    """The file may be meant in several ways; nothing of it is read until its questions end."""

    def __init__(self, questions: tuple[ColumnQuestion, ...]) -> None:
        super().__init__(" ".join(question.text for question in questions), code=FileCode.AMBIGUOUS)
        self.questions = questions
