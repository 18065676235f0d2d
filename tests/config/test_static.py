"""Static files: whatever imports whatever, and whatever was there before, every name is found."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from config.storage import StaticStorage, without_comments

LEVELS = 12
STATIC = Path(__file__).parents[2] / "static"


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


SCRIPT = """\
// What it is for.

/**
 * @param {number} n
 */
export function twice(n) {
  return 2 * n; /* in line */
}
"""


def test_what_browsers_get_of_ours_has_no_comments(tmp_path: Path, settings) -> None:
    settings.DEBUG = False
    storage = StaticStorage(location=str(tmp_path), base_url="/static/")
    names = ["js/twice.js", "vendor/twice.js"]
    for name in names:
        storage.save(name, ContentFile(SCRIPT.encode()))
    on_disk = FileSystemStorage(location=str(tmp_path))
    done = list(storage.post_process({name: (on_disk, name) for name in names}))
    assert not [outcome for _, _, outcome in done if isinstance(outcome, Exception)]
    ours, theirs = [(tmp_path / storage.hashed_files[name]).read_text() for name in names]
    assert ours == "export function twice(n) {\n  return 2 * n; /* in line */\n}\n"
    assert theirs == SCRIPT


def test_no_text_in_a_script_goes_over_lines_and_could_be_taken_for_a_comment():
    scripts = chain.from_iterable((STATIC / folder).rglob("*.[jc]s*") for folder in ("js", "css"))
    over_lines = [
        f"{path.name}:{number}"
        for path in scripts
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1)
        if line.count("`") % 2 or line.endswith("\\")
    ]
    assert not over_lines
