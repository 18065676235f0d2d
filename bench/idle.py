"""Memory of an instance that nobody uses, as if alone on its machine: `python -m bench.idle`.

Linux counts a page of a file that ten programs read as a tenth for each of them, whoever they
belong to. Here each page of a file counts once, for the processes of this instance alone, so that
other Pythons and PostgreSQLs on the machine make nothing smaller. Needs Linux and, for the pages
of PostgreSQL, root where PostgreSQL runs as somebody else.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import struct
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.instance import instance, table

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MB = 2**20
#: Bits of an entry of /proc/PID/pagemap: the page is there; it belongs to a file.
_PRESENT, _OF_FILE = 1 << 63, 1 << 61
#: Memory that looks like a file; the system counts it right, since only we have it.
_NO_FILES = ("/dev/zero", "/dev/shm/", "/SYSV", "/memfd:", "anon_inode:", "[")

Page = tuple[str, str, int]


def main() -> None:
    """Start an instance, wait, and print what each process holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long after the start")
    parser.add_argument("--files", action="store_true", help="the largest files, too")
    asked = parser.parse_args()
    with instance() as made:
        time.sleep(asked.seconds)
        assert made.process is not None
        root = psutil.Process(made.process.pid)
        processes = [root, *root.children(recursive=True)]
        held = []
        for process in processes:
            with contextlib.suppress(psutil.Error, OSError):  # a session that ends just now
                memory = _own_memory(process.pid)
                held.append((_name(process), memory, set(_file_pages(process.pid))))
    holders = Counter(page for _, _, pages in held for page in pages)
    rows, sums = [], [0.0, 0.0, 0.0]
    for name, memory, pages in held:
        parts = [*memory, sum(1 / holders[page] for page in pages) * _PAGE / _MB]
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
        rows.append([name, *_figures(parts)])
    rows.append(["**all**", *_figures(sums)])
    table(["process", "own", "shared memory", "files", "MB in all"], rows)
    if asked.files:
        sizes = Counter(path for path, _, _ in holders)
        biggest = sizes.most_common(40)
        table(["file", "MB"], [[path, f"{n * _PAGE / _MB:.1f}"] for path, n in biggest])


def _file_pages(pid: int) -> Iterator[Page]:
    """The pages of files that a process has in memory: path, file and number of each."""
    with Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as pagemap:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, _, offset, device, inode, *path = line.split(maxsplit=5)
            if inode == "0" or not path or path[0].startswith(_NO_FILES):
                continue
            start, end = (int(number, 16) // _PAGE for number in span.split("-"))
            pagemap.seek(8 * start)
            entries = struct.unpack(f"{end - start}Q", pagemap.read(8 * (end - start)))
            first = int(offset, 16) // _PAGE
            for number, entry in enumerate(entries, first):
                if entry & _PRESENT and entry & _OF_FILE:
                    yield path[0], f"{device} {inode}", number


def _own_memory(pid: int) -> tuple[float, float]:
    """Megabytes that belong to no file, and those of memory that processes of ours share."""
    words = Path(f"/proc/{pid}/smaps_rollup").read_text().split()
    own, shared = (float(words[words.index(name) + 1]) for name in ("Pss_Anon:", "Pss_Shmem:"))
    return own * 1024 / _MB, shared * 1024 / _MB


def _figures(parts: list[float]) -> list[str]:
    return [f"{part:.1f}" for part in (*parts, sum(parts))]


def _name(process: psutil.Process) -> str:
    words = process.cmdline()
    name = " ".join(words) if ": " in words[0] else " ".join([Path(words[0]).name, *words[1:3]])
    return name.split(" -D ")[0].strip()[:48]


if __name__ == "__main__":
    main()
