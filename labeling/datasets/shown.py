"""The pictures that a release shows: files in its folder, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from labeling.datasets.formats.carrying import pictures_of_task
from labeling.datasets.records import PictureRef, TaskRecord

#: The bytes of a picture; None where it is gone.
PictureSource = Callable[[PictureRef], bytes | None]


def write_pictures(root: Path, tasks: Iterable[TaskRecord], source: PictureSource | None) -> str:
    """Writes the pictures of these tasks that are not there yet; a sentence where one is gone."""
    for task in tasks:
        for picture in pictures_of_task(task):
            path = root / picture.file_name
            if path.exists():
                continue
            path.parent.mkdir(exist_ok=True)
            data = source(picture) if source else None
            if data is None:
                return (
                    f"The picture {picture.sha256[:12]}… of the task “{task.id}” is no longer in "
                    "the storage. Restore it from a backup, or withdraw the task."
                )
            path.write_bytes(data)
    return ""
