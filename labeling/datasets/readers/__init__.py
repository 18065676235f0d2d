"""Readers: files of prompts and responses, as `labeling.datasets.rows`.

`detect` says what a file is, `preview_file` shows its first rows, `check` reads it once to its end,
and `read` yields every row as an `ImportRow`, a `Duplicate` or a `Refusal`.

The way of a file, a module each: `containers` open it (`source`, `jsonrows`, `tables`, `parquet`);
`detection` looks at its first rows: `columns` finds fields, `shapes` the kind of rows, and what is
not certain becomes `questions`, of columns (`asking`, `unclaimed`, `candidates`), of labels
(`offers`, `winners`, `words`) and of who gave them (`raters`, `whose`). `reading` gives each row to
its shape, which reads it by `fields` and `chat`; `seen` tells what came before.
"""

from __future__ import annotations

from labeling.datasets.readers.archives import UnusedFiles
from labeling.datasets.readers.asking import ColumnRole
from labeling.datasets.readers.detection import Detection, ReadOptions, accepted, detect
from labeling.datasets.readers.questions import ColumnQuestion, Meaning, OpenQuestions
from labeling.datasets.readers.reading import FileFacts, FilePreview, check, preview_file, read
from labeling.datasets.readers.shapes import IMPORT_KINDS, SHAPES

__all__ = [
    "IMPORT_KINDS",
    "SHAPES",
    "ColumnQuestion",
    "ColumnRole",
    "Detection",
    "FileFacts",
    "FilePreview",
    "Meaning",
    "OpenQuestions",
    "ReadOptions",
    "UnusedFiles",
    "accepted",
    "check",
    "detect",
    "preview_file",
    "read",
]
