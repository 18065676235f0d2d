"""Speed and memory of the readers: `python -m bench.datasets_readers [--rows 20000]`.

Made-up rows of two 300-word responses in lines, a third of them with characters beyond ASCII, read
to `ImportRow` from each container and kind; beside the library that parses the same file and makes
nothing of it, in the same run. Seconds are of the process, because the machine may be shared.
Memory is the highest resident size of a process of its own that reads the file.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain, islice
from pathlib import Path
from time import process_time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.timing import Row
from labeling.datasets.readers import check, read
from labeling.datasets.rows import ImportRow

ROWS = 20_000
AIM = 20_000
_TIMES = 3
_PEAK = """
import sys
from pathlib import Path
from labeling.datasets.readers import read
if len(sys.argv) > 1:
    for _ in read(Path(sys.argv[1])): pass
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def texts(count: int) -> Iterator[tuple[str, str, str]]:
    """Prompts and two responses, the same every time."""
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(5000)]
    wide = [*words, *["“naïve”", "日本語", "🙂"] * 30]
    for i in range(count):
        known = words if i % 3 else wide
        a, b = ("\n".join(" ".join(dice.choices(known, k=60)) for _ in range(5)) for _ in "ab")
        yield " ".join(dice.choices(known, k=30)), a, b


def pair(i: int, prompt: str, a: str, b: str) -> dict[str, Any]:
    """A row of `prompt, response_a, response_b`."""
    return {"id": f"q{i}", "prompt": prompt, "response_a": a, "response_b": b, "model_a": "m1"}


def trl(i: int, prompt: str, a: str, b: str) -> dict[str, Any]:
    """A TRL preference row of chats."""
    ask = [{"role": "user", "content": prompt}]
    chosen, rejected = ([{"role": "assistant", "content": said}] for said in (a, b))
    return {"id": f"q{i}", "prompt": ask, "chosen": chosen, "rejected": rejected}


def native(i: int, prompt: str, a: str, b: str) -> dict[str, Any]:
    """A Concord row with three judgments."""
    said = [{"rater": f"r{j}", "overall": (i + j) % 3 - 1, "rationale": "Why."} for j in range(3)]
    responses = [{"id": f"q{i}-{x}", "model": x, "content": c} for x, c in (("a", a), ("b", b))]
    ask = [{"role": "user", "content": prompt}]
    return {"id": f"q{i}", "messages": ask, "responses": responses, "judgments": said}


def helpsteer(i: int, prompt: str, a: str, b: str) -> dict[str, Any]:
    """A HelpSteer3 preference row with three votes, and no id of its own."""
    votes = [
        {"score": (i + j) % 7 - 3, "reasoning": "Why.", "feedback1": "Good.", "feedback2": "Long."}
        for j in range(3)
    ]
    about = {"domain": "general", "language": "english"}
    said = {"context": [{"role": "user", "content": prompt}], "response1": a, "response2": b}
    return {**about, **said, "overall_preference": i % 7 - 3, "individual_preference": votes}


def judgment(i: int, prompt: str, a: str, b: str) -> dict[str, Any]:
    """A row of the `judgments` table of a release."""
    task = {"id": f"q{i}", "prompt": [{"role": "user", "content": prompt}], "responses": [a, b]}
    about = {"response_ids": [f"q{i}-a", f"q{i}-b"], "models": ["m1", "m2"], "category": "chat"}
    answer = {"criterion": "overall", "response": 0, "value": i % 3 - 1}
    said = {"rater": f"r{i % 50}", "value": i % 3 - 1, "answers": [answer], "rationale": "Why."}
    kind = {"purpose": "live", "source": "human", "strategy": "random", "probability": 0.5}
    when = {"created_at": "2026-01-31T12:00:00.000000Z", "active_ms": 1000, "shown_order": [0, 1]}
    return {"judgment_id": f"j{i}", **task, **about, **said, **kind, **when}


KINDS = {
    "pairs": pair,
    "trl": trl,
    "native": native,
    "helpsteer3": helpsteer,
    "judgments": judgment,
}


class _Parquet:
    """A writer of Parquet that takes its types from the first rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Add a row group."""
        table = pa.Table.from_pylist(rows)
        self._writer = self._writer or pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        """Write the footer."""
        if self._writer:
            self._writer.close()


def write(folder: Path, kind: str, count: int) -> dict[str, Path]:
    """The same rows in every container that can hold them, a thousand at a time."""
    paths = {name: folder / f"{kind} {name}" for name in PEERS if name != "CSV" or kind == "pairs"}
    rows = (KINDS[kind](i, *said) for i, said in enumerate(texts(count)))
    first = True
    with ExitStack() as stack:
        enter = stack.enter_context
        lines, listed = enter(paths["JSON Lines"].open("wb")), enter(paths["JSON list"].open("wb"))
        packed: list[Any] = [
            lines,
            enter(gzip.GzipFile(paths["gzip"], "wb", 1)),
            enter(pa.CompressedOutputStream(str(paths["zstd"]), "zstd")),
        ]
        parquet = enter(closing(_Parquet(paths["Parquet"])))
        cells = enter((folder / f"{kind} CSV").open("w", newline="", encoding="utf-8"))
        while part := list(islice(rows, 1000)):
            each = [json.dumps(row, ensure_ascii=False) for row in part]
            for out in packed:
                out.write(("\n".join(each) + "\n").encode())
            listed.write((("[" if first else ", ") + ", ".join(each)).encode())
            parquet.write(part)
            if "CSV" in paths:
                writer = csv.DictWriter(cells, list(part[0]))
                if first:
                    writer.writeheader()
                writer.writerows(part)
            first = False
        listed.write(b"]")
    return paths


def _each_line(file: Any) -> int:
    return sum(1 for line in file if json.loads(line))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return _each_line(file)


def _gzip(path: Path) -> int:
    with gzip.open(path) as file:
        return _each_line(file)


def _list(path: Path) -> int:
    return len(json.loads(path.read_bytes()))


def _csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.DictReader(file))


def _parquet(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        return sum(len(batch.to_pylist()) for batch in file.iter_batches(500))


#: Container -> what parses it alone; nothing in the standard library reads zstd.
PEERS: dict[str, tuple[str, Callable[[Path], int] | None]] = {
    "JSON Lines": ("json.loads", _lines),
    "gzip": ("gzip, json.loads", _gzip),
    "zstd": ("", None),
    "JSON list": ("json.loads", _list),
    "CSV": ("csv.DictReader", _csv),
    "Parquet": ("pyarrow to_pylist", _parquet),
}


def _read(path: Path) -> int:
    return sum(isinstance(row, ImportRow) for row in read(path))


def _check(path: Path) -> int:
    return check(path).rows


def _seconds(call: Callable[[], int], count: int) -> float:
    """The best process time of a few calls, each of which must give so many rows."""
    taken = []
    for _ in range(_TIMES):
        began = process_time()
        if call() != count:
            raise SystemExit("Rows were lost.")
        taken.append(process_time() - began)
    return min(taken)


def _row(kind: str, container: str, path: Path, count: int) -> Row:
    peer, call = PEERS[container]
    ours = _seconds(partial(_read, path), count)
    first = _seconds(partial(_check, path), count)
    theirs = _seconds(partial(call, path), count) if call else None
    rates = f"read {count / ours:,.0f} rows/s, check {count / first:,.0f} rows/s"
    if theirs:
        rates += f", {peer} {count / theirs:,.0f} rows/s"
    return Row(f"{kind}, {container}: {rates}", ours, theirs, peer, count / AIM)


def measured(count: int = ROWS) -> Iterator[Row]:
    """The rows of the table, each as soon as it is there."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for container, path in write(Path(folder), kind, count).items():
                yield _row(kind, container, path, count)


def rows(count: int = ROWS) -> list[Row]:
    """The table: every kind in every container."""
    return list(measured(count))


def _peak(*paths: Path) -> float:
    """Megabytes at most of a process that reads a file, or only gets ready to."""
    run = [sys.executable, "-c", _PEAK, *map(str, paths)]
    return int(subprocess.run(run, check=True, capture_output=True).stdout) / 1024


def memory(small: int = ROWS, large: int = 10 * ROWS) -> Iterator[str]:
    """A sentence a container: what a file costs, and one of ten times the rows."""
    yield f"imports alone: {_peak():.0f} MB"
    peaks: dict[str, list[float]] = {}
    for count in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            for container, path in write(Path(folder), "pairs", count).items():
                peaks.setdefault(container, []).append(_peak(path))
    for container, (few, many) in peaks.items():
        growth = 1024**2 * (many - few) / (large - small)
        yield (
            f"pairs, {container}: {few:.0f} MB for {small:,} rows, {many:.0f} MB for {large:,} "
            f"({growth:.0f} bytes a row)"
        )


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    count = parser.parse_args().rows
    for line in chain((row.task for row in measured(count)), memory(count, 10 * count)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
