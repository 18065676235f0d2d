"""Import of pairs by the worker: `python -m bench.imports [--rows 10000 100000 1000000]`.

Made-up pairs of two 150-word responses as JSON Lines, against `./run` with its defaults; an
instance of its own for each size. Seconds are the job's own, from its begin to its end; memory is
the highest resident size of any worker process.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.instance import Instance, instance, table

_IMPORT = """
import time
from pathlib import Path
from labeling.work.sending import send
from labeling.models import Import
from labeling.imports.services import create_import
from projects.models import Project, User
from projects.services.members import create_user
from projects.services.projects import create_project
lead = User.objects.filter(email='bench@example.com').first() or create_user(
    email='bench@example.com')
project = Project.objects.filter(name='Bench').first() or create_project(
    name='Bench', created_by=lead, template='arena')
with Path({path!r}).open('rb') as file:
    row = create_import(project=project, created_by=lead, filename='pairs.jsonl',
        content=iter(lambda: file.read(1 << 20), b''))
send(row)
while not row.is_over:
    time.sleep(0.2)
    row = Import.objects.get(pk=row.pk)
print(row.state, row.counts['created'], (row.finished_at - row.started_at).total_seconds(),
    row.error)
"""


def pairs(count: int) -> Iterator[str]:
    """Lines of pairs, the same every time."""
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(5000)]
    for i in range(count):
        a, b = (" ".join(dice.choices(words, k=150)) for _ in "ab")
        prompt = " ".join(dice.choices(words, k=20))
        row = {"id": f"q{i}", "prompt": prompt, "response_a": a, "response_b": b}
        yield json.dumps({**row, "model_a": "m1", "model_b": "m2"}) + "\n"


def worker_megabytes(made: Instance) -> float:
    """The highest resident size that any worker process ever had (VmHWM), in MB."""
    assert made.process is not None
    peak = 0
    for process in psutil.Process(made.process.pid).children(recursive=True):
        if "celery" not in " ".join(process.cmdline()):
            continue
        status = Path(f"/proc/{process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peak = max(peak, int(line.split()[1]))
    return peak / 1024


def measure(count: int) -> list[str]:
    """One row of the table."""
    with instance() as made:
        path = made.folder / "pairs.jsonl"
        with path.open("w") as out:
            out.writelines(pairs(count))
        printed = made.python(_IMPORT.format(path=str(path))).splitlines()[-1].split(maxsplit=3)
        state, created, seconds = printed[:3]
        if state != "done" or int(created) != count:
            raise SystemExit(f"The import ended {printed}.")
        rate = f"{count / float(seconds):,.0f}"
        size = f"{path.stat().st_size / 1e6:,.0f} MB"
        return [f"{count:,}", size, f"{float(seconds):.1f}", rate, f"{worker_megabytes(made):.0f}"]


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    sizes = parser.parse_args().rows
    head = ["pairs", "file", "seconds", "pairs/s", "worker, MB"]
    table(head, [measure(count) for count in sizes])


if __name__ == "__main__":
    main()
