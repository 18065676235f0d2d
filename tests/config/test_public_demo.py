"""Where others come, nobody logs in to the demo by a password that everybody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.embedded import paths, preparation
from config.embedded.preparation import Prepared
from config.embedded.serve import where_others_come
from config.embedded.supervisor import Supervisor


@pytest.mark.parametrize(
    ("bind", "url", "public"),
    [
        ("", "", False),
        ("127.0.0.1", "http://localhost:8000", False),
        ("127.9.9.9", "", False),
        ("::1", "http://[::1]:8000", False),
        ("localhost", "", False),
        ("0.0.0.0", "", True),
        ("::", "", True),
        ("192.168.1.7", "", True),
        ("concord.internal", "", True),
        ("127.0.0.1", "https://concord.example.org", True),
    ],
)
def test_an_address_is_public_unless_it_is_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch, bind: str, url: str, public: bool
) -> None:
    monkeypatch.setenv("CONCORD_BIND", bind)
    monkeypatch.setenv("CONCORD_URL", url)
    assert preparation.is_public() is public


def test_a_public_start_replaces_published_passwords_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))
    monkeypatch.setenv("CONCORD_DEMO", "1")
    monkeypatch.setenv("CONCORD_BIND", "0.0.0.0")
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(preparation, "applied_migrations", lambda url: 5)
    assert preparation.steps("")[-2:] == ["demo", "close"], "a new demo is closed at once"
    preparation.write(Prepared(demo="seeded on this machine alone"))
    assert preparation.steps("")[-1] == "close"
    preparation.write(Prepared(demo="seeded", closed=True))
    assert "close" not in preparation.steps("")
    monkeypatch.setenv("CONCORD_BIND", "127.0.0.1")
    preparation.write(Prepared(demo="seeded on this machine alone"))
    assert "close" not in preparation.steps("")


@pytest.mark.parametrize(
    ("bind", "url", "words"),
    [
        ("0.0.0.0", "", "http://NAME-OF-THIS-MACHINE:8000: set CONCORD_URL"),
        ("::", "", "http://NAME-OF-THIS-MACHINE:8000: set CONCORD_URL"),
        ("fd00::7", "", "http://[fd00::7]:8000: set CONCORD_URL"),
        ("192.168.1.7", "", "http://192.168.1.7:8000: set CONCORD_URL"),
        ("0.0.0.0", "https://concord.example.org", "https://concord.example.org"),
    ],
)
def test_the_terminal_says_where_others_come(
    monkeypatch: pytest.MonkeyPatch, bind: str, url: str, words: str
) -> None:
    monkeypatch.setenv("CONCORD_URL", url)
    sentence = where_others_come(bind, 8000)
    assert sentence.startswith(f"Others come to {words}")


def test_further_projects_of_the_demo_are_made_once_behind_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))
    monkeypatch.setenv("CONCORD_DEMO", "1")
    paths.run_dir().mkdir(parents=True, exist_ok=True)
    exit_codes = [1, 0]
    monkeypatch.setattr(Supervisor, "run_to_end", lambda _self, _program: exit_codes.pop(0))
    preparation.write(Prepared(demo="seeded"))
    preparation.finish_demo(Supervisor())
    assert len(exit_codes) == 2, "a demo of before has what it has"
    preparation.write(Prepared(demo="seeded", unfinished=True))
    for left in (1, 0, 0):
        preparation.finish_demo(Supervisor())
        assert len(exit_codes) == left, "what failed is tried again, what is done is not"
    assert preparation.read() == Prepared(demo="seeded")
