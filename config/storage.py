"""Static files by hashed names, compressed, with the imports of our modules rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage; modules import each other by name, so those names are hashed too."""

    support_js_module_import_aggregation = True
    #: A module's name follows from those of what it imports, a level a pass. Django stops after
    #: five, which our modules passed: the first start after an upgrade failed.
    max_post_process_passes = 30

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages name: the hashed twins, not the originals (half of the time)."""
        yield from super().compress_files(set(paths) - self.hashed_files.keys())
