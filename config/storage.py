"""Static files by hashed names, compressed, with the imports of our modules rewritten.

What stands in them for their readers stays in the sources: a quarter of their bytes are comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: A source, and the path of a file in it, by the file's name.
_Sources = Mapping[str, tuple[Storage, str]]
_COMMENTS = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)?\n", re.MULTILINE)


def without_comments(text: str) -> str:
    """A script or a stylesheet without its blank lines and those that are a comment alone.

    No text of ours goes over several lines, so that none of them is part of one.
    """
    return _COMMENTS.sub("", text)


class _Uncommented:
    """A source of scripts and stylesheets of ours, as browsers get them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, path: str) -> ContentFile[bytes]:
        with self._storage.open(path) as source:
            return ContentFile(without_comments(source.read().decode()).encode())


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage; modules import each other by name, so those names are hashed too."""

    support_js_module_import_aggregation = True
    #: A module's name follows from those of what it imports, a level a pass. Django stops after
    #: five, which our modules passed: the first start after an upgrade failed.
    max_post_process_passes = 30

    def post_process(self, paths: _Sources, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Take the comments out of what is ours, before its name follows from what is in it."""
        sources = {
            name: (_Uncommented(storage) if _is_ours(name) else storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(sources, dry_run=dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages name: the hashed twins, not the originals (half of the time)."""
        yield from super().compress_files(set(paths) - self.hashed_files.keys())


def _is_ours(name: str) -> bool:
    return name.endswith((".js", ".css")) and name.startswith(("js/", "css/"))
