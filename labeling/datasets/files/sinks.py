"""How the rows of a table are written, by file type."""

from __future__ import annotations

from typing import Any

from labeling.datasets.files.base import Sink
from labeling.datasets.files.csvfile import CsvSink
from labeling.datasets.files.jsonl import GzipLinesSink, JsonLinesSink, ZstdLinesSink
from labeling.datasets.files.parquet import ParquetSink

SINKS: dict[str, type[Sink[Any]]] = {
    sink.suffix: sink
    for sink in (ParquetSink, JsonLinesSink, GzipLinesSink, ZstdLinesSink, CsvSink)
}
