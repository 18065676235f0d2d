"""From `./run` to the first page on a machine that is set up: `python -m bench.start`."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from bench.instance import Instance, table


def main() -> None:
    """Start and stop an instance on one folder: the first time, then five times more."""
    folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    rows = []
    try:
        for name in ("first (migrate, static files)", *(f"start {i}" for i in range(1, 6))):
            made = Instance(folder)
            try:
                started = made.start()
            finally:
                began = time.perf_counter()
                made.stop()
            rows.append([name, f"{started:.1f}", f"{time.perf_counter() - began:.1f}"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table(["", "seconds to first page", "seconds to stop"], rows)


if __name__ == "__main__":
    main()
