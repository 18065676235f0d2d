"""The kinds of rows: one entry each, those with marks of their own before the general ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.datasets.readers.columns import decided_mapping, guess
from labeling.datasets.readers.shapes.argilla import ARGILLA
from labeling.datasets.readers.shapes.base import Rows, Sample, Shape
from labeling.datasets.readers.shapes.conversations import CONVERSATIONS
from labeling.datasets.readers.shapes.doccano import DOCCANO
from labeling.datasets.readers.shapes.fastchat import FASTCHAT
from labeling.datasets.readers.shapes.helpsteer import HELPSTEER, HELPSTEER_RATINGS
from labeling.datasets.readers.shapes.judgments import JUDGMENTS
from labeling.datasets.readers.shapes.labelstudio import LABEL_STUDIO
from labeling.datasets.readers.shapes.lmarena import LMARENA
from labeling.datasets.readers.shapes.mturk import MTURK
from labeling.datasets.readers.shapes.openai import OPENAI
from labeling.datasets.readers.shapes.openaihuman import SUMMARIES, SUMMARY_AXES, WEBGPT
from labeling.datasets.readers.shapes.pairs import CANDIDATES, CONCORD, PAIRS
from labeling.datasets.readers.shapes.potato import POTATO
from labeling.datasets.readers.shapes.preference import PREFERENCE
from labeling.datasets.readers.shapes.prodigy import PRODIGY
from labeling.datasets.readers.shapes.rankings import BEST_OF_N, LISTWISE, NEMO, RANKED
from labeling.datasets.readers.shapes.ratings import KTO, RATINGS
from labeling.datasets.readers.shapes.transcripts import TRANSCRIPTS
from labeling.datasets.readers.shapes.ultrafeedback import ULTRAFEEDBACK
from labeling.datasets.readers.shapes.writing import WRITING
from labeling.vocabulary import TaskKind

_SHAPES = (
    LABEL_STUDIO,
    ARGILLA,
    MTURK,
    JUDGMENTS,
    OPENAI,
    PRODIGY,
    FASTCHAT,
    WEBGPT,
    SUMMARIES,
    SUMMARY_AXES,
    POTATO,
    NEMO,
    RANKED,
    ULTRAFEEDBACK,
    LMARENA,
    HELPSTEER,
    HELPSTEER_RATINGS,
    LISTWISE,
    DOCCANO,
    CANDIDATES,
    CONVERSATIONS,
    CONCORD,
    TRANSCRIPTS,
    BEST_OF_N,
    PREFERENCE,
    PAIRS,
    KTO,
    RATINGS,
    WRITING,
)

#: Every kind of row by its name in `--format`.
SHAPES: Mapping[str, Shape] = {shape.key: shape for shape in _SHAPES}
#: What `--format` takes.
IMPORT_KINDS = ("auto", *SHAPES)


#: Rows of one response, which are tasks to write where the user says so.
_OF_ONE = (None, KTO, RATINGS)


def recognise(
    columns: Sequence[str], rows: Rows, wished: Mapping[str, str], kind: str = ""
) -> Shape | None:
    """The kind of row that the columns and the sampled texts tell; None if none.

    A kind that knows all the fields the user speaks of is preferred to one that does not. `kind` is
    the kind of task that the user asks of every row, "" for none.
    """
    shape = _recognised(columns, rows, wished)
    if kind == TaskKind.WRITE and shape in _OF_ONE:
        mapping = decided_mapping(guess(columns, WRITING.fields), wished, WRITING.fields)
        return shape if WRITING.missing(mapping) else WRITING
    return shape


def _recognised(columns: Sequence[str], rows: Rows, wished: Mapping[str, str]) -> Shape | None:
    fitting = [shape for shape in _SHAPES if _fits(shape, columns, rows, wished)]
    knowing = (shape for shape in fitting if wished.keys() <= set(shape.fields))
    return next(knowing, next(iter(fitting), None))


def _fits(shape: Shape, columns: Sequence[str], rows: Rows, wished: Mapping[str, str]) -> bool:
    mapping = decided_mapping(guess(columns, shape.fields), wished, shape.fields)
    if shape.missing(mapping) and not shape.marked:
        return False
    return shape.fits(Sample(tuple(columns), rows, mapping))
