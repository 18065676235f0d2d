"""The YAML at the head of a card: what the hub and `datasets.load_dataset` read.

Keys and values are those of the hub's dataset repositories (hub-docs, `datasetcard.md`). Splits and
files are named one by one, from what was written: a pattern that matches no file, a split without
rows or a column that is missing makes the loader give up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from labeling.datasets.card.licences import LICENCES
from labeling.datasets.card.text import yaml
from labeling.datasets.files import FileInfo
from labeling.datasets.formats.columns import FileTable
from labeling.datasets.formats.nested import feature_of
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.splits import SPLITS
from labeling.vocabulary import Source

_STEPS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
_TASKS = {
    RowKind.PAIRS: ("text-generation", "reinforcement-learning"),
    RowKind.RANKINGS: ("text-generation", "text-ranking"),
    RowKind.LABELS: ("text-generation", "reinforcement-learning"),
    RowKind.DEMONSTRATIONS: ("text-generation",),
    RowKind.RATINGS: ("text-generation", "text-classification"),
    RowKind.RULES: ("text-classification",),
}
_TAGS = {
    RowKind.PAIRS: ("preference", "human-feedback", "rlhf", "reward-model", "dpo"),
    RowKind.RANKINGS: ("preference", "human-feedback", "rlhf", "ranking"),
    RowKind.LABELS: ("preference", "human-feedback", "rlhf", "kto"),
    RowKind.DEMONSTRATIONS: ("human-feedback", "sft"),
    RowKind.RATINGS: ("human-feedback", "rlhf", "reward-model", "ratings"),
    RowKind.RULES: ("human-feedback", "rules"),
}


def front_matter(
    manifest: Mapping[str, Any],
    *,
    kind: RowKind,
    rows: int,
    tables: Sequence[FileTable],
    files: Sequence[FileInfo],
) -> str:
    """The YAML between its two lines of dashes, of the tables written and the main ones' rows."""
    figures = manifest["figures"]
    lines = ["---", f"pretty_name: {yaml(manifest['name'])}", *_licence(manifest["licence"])]
    if languages := _languages(figures["tasks_per_language"]):
        lines.append(f"language: {_flow(languages)}")
    lines.append(f"size_categories: {_flow([size_category(rows)])}")
    lines.append(f"task_categories: {_flow(_TASKS[kind])}")
    if set(figures["judgments_per_source"]) == {Source.AI}:
        lines.append(f"annotations_creators: {_flow(['machine-generated'])}")
    lines += [f"tags: {_flow(_TAGS[kind])}", "configs:"]
    for table in tables:
        lines += _config(table, files)
    lines.append("dataset_info:")
    for table in tables:
        lines += _info(table, manifest["format"]["file_type"])
    return "\n".join([*lines, "---", ""])


def size_category(rows: int) -> str:
    """The hub's name for so many rows."""
    limits = [(10 ** (3 + place), step) for place, step in enumerate(_STEPS)]
    if rows < limits[0][0]:
        return "n<1K"
    for (_, below), (limit, above) in pairwise(limits):
        if rows < limit:
            return f"{below}<n<{above}"
    return "n>1T"


def split_files(table: FileTable, files: Sequence[FileInfo]) -> dict[str, list[FileInfo]]:
    """The files of each split of a table; only splits that have rows."""
    by_split: dict[str, list[FileInfo]] = {}
    for split in SPLITS:
        own = [
            file
            for file in files
            if PurePosixPath(file.name).parent.as_posix() == table.folder
            and PurePosixPath(file.name).name.startswith(f"{split}-")
        ]
        if own:
            by_split[split] = own
    return by_split


def _licence(licence: str) -> list[str]:
    """An identifier of the hub's, or "other" with the name that the owner gave."""
    known = licence.lower()
    if known in LICENCES:
        return [f"license: {yaml(known)}"]
    return ['license: "other"', f"license_name: {yaml(licence)}"]


def _languages(counts: Mapping[str, int]) -> list[str]:
    """ISO 639 codes; a region is no language of its own."""
    names = (name.replace("_", "-").split("-")[0].lower() for name in counts)
    return sorted({n for n in names if 2 <= len(n) <= 3 and n.isascii() and n.isalpha()})


def _config(table: FileTable, files: Sequence[FileInfo]) -> list[str]:
    lines = [f"- config_name: {yaml(table.name)}"]
    lines += ["  default: true"] if table.default else []
    lines.append("  data_files:")
    for split, own in split_files(table, files).items():
        lines += [f"  - split: {split}", f"    path: {_flow([file.name for file in own])}"]
    return lines


def _info(table: FileTable, file_type: str) -> list[str]:
    lines = [f"- config_name: {yaml(table.name)}", "  features:"]
    for name, kind in table.columns:
        lines.append(f"  - {_plain({'name': name, **feature_of(kind, file_type)})}")
    return lines


def _plain(value: Any) -> str:
    """Plain data as YAML in one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return yaml(value) if isinstance(value, str) else str(value)


def _flow(values: Sequence[str]) -> str:
    return _plain(list(values))
