"""Static files by hashed names, compressed, with the imports of our modules rewritten."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage; modules import each other by name, so those names are hashed too."""

    support_js_module_import_aggregation = True
