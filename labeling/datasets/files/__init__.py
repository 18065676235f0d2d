"""Tables on disk: one sink a file type, in shards, typed, hashed, never an empty file."""

from __future__ import annotations

from labeling.datasets.files.disk import (
    FileInfo,
    describe_file,
    hash_file,
    safe_name,
    sync,
    sync_tree,
)
from labeling.datasets.files.shards import SHARD_BYTES
from labeling.datasets.files.sinks import SINKS
from labeling.datasets.files.tables import DataFiles

__all__ = [
    "SHARD_BYTES",
    "SINKS",
    "DataFiles",
    "FileInfo",
    "describe_file",
    "hash_file",
    "safe_name",
    "sync",
    "sync_tree",
]
