"""Speed of `labeling.stats` beside the best libraries: `python -m bench.statistics [FAMILY …]`.

The same data for ours and theirs, in one process, best wall time of a few calls; unless a line
says otherwise a million ratings of 200,000 tasks by 100 raters on five categories. Needs what the
tests need; a library that is not installed leaves its column empty.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import (
    statistics_agreement,
    statistics_consensus,
    statistics_ranking,
    statistics_raters,
    statistics_scores,
)
from bench.instance import table
from bench.timing import Row

FAMILIES: Mapping[str, Callable[[], list[Row]]] = {
    "agreement": statistics_agreement.rows,
    "consensus": statistics_consensus.rows,
    "ranking": statistics_ranking.rows,
    "raters": statistics_raters.rows,
    "scores": statistics_scores.rows,
}

HEAD = [
    "one million ratings, 200,000 tasks, 100 raters",
    "ours, ms",
    "aim, ms",
    "library",
    "ms",
    "",
]


def main() -> None:
    """Print a table a family."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("families", nargs="*", choices=[[], *FAMILIES], help="all by default")
    chosen = parser.parse_args().families or list(FAMILIES)
    for name in chosen:
        sys.stdout.write(f"\n{name}\n\n")
        table(HEAD, [row.cells() for row in FAMILIES[name]()])


if __name__ == "__main__":
    main()
