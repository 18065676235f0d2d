"""Formats: in which shape pairs are written, each with what it can and cannot carry."""

from __future__ import annotations

from labeling.datasets.formats.base import Format, Row, TaskRows
from labeling.datasets.formats.hh import HH
from labeling.datasets.formats.native import Native
from labeling.datasets.formats.trl import (
    TrlConversational,
    TrlConversationalImplicit,
    TrlPlain,
    TrlPlainImplicit,
)

#: Every format by key, in the order of the picker.
FORMATS: dict[str, Format] = {
    shape.key: shape
    for shape in (
        Native(),
        TrlConversational(),
        TrlConversationalImplicit(),
        TrlPlain(),
        TrlPlainImplicit(),
        HH(),
    )
}

__all__ = ["FORMATS", "HH", "Format", "Native", "Row", "TaskRows"]
