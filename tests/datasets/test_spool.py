"""More rows than memory holds come back once each, in the order of their keys."""

from __future__ import annotations

import random

import pytest

from labeling.datasets import spool
from labeling.datasets.records import Message, digest
from labeling.datasets.spool import Spool


def keyed(count: int) -> list[tuple[str, Message]]:
    """Items whose keys begin in two ways only, so that buckets are far from even."""
    return [
        (f"a{i % 2}" + digest(str(i)).hex()[2:], Message("user", f"text {i}")) for i in range(count)
    ]


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("bucket", [64 << 20, 2_000, 1])
def test_items_come_back_in_the_order_of_their_keys(tmp_path, monkeypatch, bucket):
    monkeypatch.setattr(spool, "_BUCKET", bucket)
    items = keyed(500)
    kept = Spool(tmp_path / "spool", Message)
    for key, item in random.Random(1).sample(items, len(items)):
        kept.add(key, item)
    assert list(kept) == [item for _, item in sorted(items, key=lambda pair: pair[0])]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_items_of_one_key_come_in_the_order_of_their_content(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "_BUCKET", 1)
    kept = Spool(tmp_path / "spool", Message)
    for text in ("b", "c", "a"):
        kept.add("0" * 64, Message("user", text))
    assert [item.content for item in kept] == ["a", "b", "c"]


def test_half_a_character_comes_back_replaced(tmp_path):
    kept = Spool(tmp_path / "spool", Message)
    kept.add("0" * 64, Message("user", "broken \ud83d here"))
    assert [item.content for item in kept] == ["broken \ufffd here"]
