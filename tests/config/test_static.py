"""Static files: whatever imports whatever, and whatever was there before, every name is found."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from config.storage import StaticStorage

LEVELS = 12


def collect(source: Path, target: Path, word: str) -> dict[str, str]:
    """Collects modules that each import the next one; names by the names they are served under."""
    names = [f"{level:02}.js" for level in range(LEVELS)]
    for name, below in zip(names, [*names[1:], ""], strict=True):
        source.mkdir(exist_ok=True)
        (source / name).write_text(f'import "./{below}";\n' if below else f"// {word}\n")
    storage = StaticStorage(location=str(target), base_url="/static/")
    for name in names:
        storage.delete(name)
        storage.save(name, ContentFile((source / name).read_bytes()))
    from_disk = FileSystemStorage(location=str(source))
    done = storage.post_process({name: (from_disk, name) for name in names})
    failures = [outcome for _, _, outcome in done if isinstance(outcome, Exception)]
    assert failures == []
    return dict(storage.hashed_files)


def test_a_deep_chain_of_modules_is_collected_over_an_older_one(tmp_path: Path, settings) -> None:
    settings.DEBUG = False
    before = collect(tmp_path / "source", tmp_path / "static", "old")
    after = collect(tmp_path / "source", tmp_path / "static", "new")
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    first = (tmp_path / "static" / after["00.js"]).read_text()
    assert Path(after["01.js"]).name in first
