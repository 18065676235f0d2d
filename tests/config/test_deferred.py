"""A large module is loaded by whoever uses something of it, and by nobody before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from config.embedded.paths import CHECKOUT

#: Packages that no page and no job needs before it computes, reads or draws something.
_HEAVY = {"PIL", "numpy", "pyarrow", "scipy", "sqlite3"}

_SCRIPT = f"""
import sys, threading
from config.embedded.deferred import LARGE
from config.embedded.programs import load
load()
assert not {_HEAVY} & set(sys.modules), "pages and jobs load none of them"
assert not any(name in sys.modules for name in LARGE), "an import alone loads nothing"
from labeling.lead.agreement import pairs, report
assert pairs.stats.share(1, 2, "", nothing="").value == 0.5 and int(pairs.np.sign(-3)) == -1
assert "numpy" in sys.modules and pairs.np.int64 is sys.modules["numpy"].int64
pairs.stats.median_of(range(100), "", nothing="")
pairs.stats.jeffreys_interval(3, 9)
pairs.stats.binomial_test(3, 9)
assert "scipy.stats" not in sys.modules, "nor do the statistics load all of SciPy"
assert report.figures_of_criteria.criterion_figures.registry
import labeling.stats
assert labeling.stats is sys.modules["labeling.stats"] and labeling.stats.share is pairs.stats.share
from scipy import sparse, special, stats
figures = []
threads = [threading.Thread(target=lambda: figures.append(stats.norm.ppf(0.975))) for _ in range(8)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
assert [round(figure, 2) for figure in figures] == [1.96] * 8, figures
assert sparse.csgraph.connected_components(sparse.coo_array((2, 2)))[0] == 2
assert special.expit(0) == 0.5
from scipy import stats as again
assert again is sys.modules["scipy.stats"]
from labeling.datasets.arrow import pa, pq
assert pa.types.is_string(pa.string())
assert pq.ParquetFile is sys.modules["pyarrow.parquet"].ParquetFile
print("well")
"""


@pytest.mark.walk
def test_what_is_deferred_is_loaded_at_its_first_use_by_any_thread() -> None:
    script = [sys.executable, "-c", _SCRIPT]
    done = subprocess.run(script, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "well", done.stderr
