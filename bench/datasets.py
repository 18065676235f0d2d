"""Speed and memory of `labeling.datasets`: `python -m bench.datasets [FAMILY …] [--rows N]`.

`build` makes whole releases of a hundredth, a tenth and all of N judgments (a million by default)
of two 300-word responses each, `writers` writes the same rows beside plain pyarrow and json, and
the others are described where they are made.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import datasets_build, datasets_readers, datasets_splits
from bench.instance import table
from bench.timing import Row

ROWS = 1_000_000
HEAD = ["", "ours, ms", "aim, ms", "library", "its ms", "times ours"]
FAMILIES: Mapping[str, Callable[[], list[Row]]] = {
    "writers": datasets_build.rows,
    "readers": datasets_readers.rows,
    "splits": datasets_splits.rows,
}


def main() -> None:
    """Print a table a family."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    known = ["build", *FAMILIES]
    parser.add_argument("families", nargs="*", choices=[[], *known], help="all by default")
    parser.add_argument("--rows", type=int, default=ROWS, help="judgments in the largest release")
    options = parser.parse_args()
    for name in options.families or known:
        sys.stdout.write(f"\n{name}\n\n")
        if name == "build":
            made = datasets_build.releases(options.rows)
            table(datasets_build.HEAD, [release.cells() for release in made])
        else:
            table(HEAD, [row.cells() for row in FAMILIES[name]()])


if __name__ == "__main__":
    main()
