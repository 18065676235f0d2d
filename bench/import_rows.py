"""Import of pairs through the service that the worker calls: `python -m bench.import_rows`.

Rows of two 150-word responses, in a process like a worker's: seconds and peak memory.
"""

from __future__ import annotations

import argparse
import json

from bench.instance import instance, table
from bench.text import write_pairs

_WORK = """
import json, resource, time
from pathlib import Path
from labeling.models import Import, Task
from labeling.services.imports import create_import, run_import
from projects.models import Project, User
from projects.services.projects import create_project

def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

lead = User.objects.filter(email='lead@bench.example').first() or User.objects.create_user(
    email='lead@bench.example', password=None)
project = create_project(name=NAME, created_by=lead, template='arena', settings=dict(overlap=3))
before, file = rss(), Path(FILE)
began, cpu = time.perf_counter(), time.process_time()
with file.open('rb') as upload:
    job = create_import(project=project, created_by=lead, filename=file.name,
                        content=iter(lambda: upload.read(1 << 20), b''))
received = time.perf_counter() - began
run_import(job.pk)
took = time.perf_counter() - began
job = Import.objects.get(pk=job.pk)
print(json.dumps(dict(state=job.state, tasks=Task.objects.filter(project=project).count(),
    received=received, seconds=took, cpu=time.process_time() - cpu, before=before, peak=rss())))
"""


def main() -> None:
    """Measure each size on one instance and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    sizes = parser.parse_args().sizes
    rows = []
    with instance() as made:
        for size in sizes:
            file = made.folder / f"pairs-{size}.jsonl"
            write_pairs(file, size)
            names = f"NAME = 'Import {size}'\nFILE = {str(file)!r}\n"
            found = json.loads(made.python(names + _WORK).splitlines()[-1])
            assert found["tasks"] == size, found
            rows.append(
                [
                    f"{size:,}",
                    f"{file.stat().st_size / 1e6:.0f}",
                    f"{found['seconds']:.1f}",
                    f"{found['cpu']:.1f}",
                    f"{found['before']:.0f}",
                    f"{found['peak']:.0f}",
                ]
            )
    head = ["pairs", "file MB", "seconds", "CPU s (worker)", "RSS before MB", "peak RSS MB"]
    table(head, rows)


if __name__ == "__main__":
    main()
