"""Release and agreement over 100,000 judgments: `python -m bench.judgments [--judgments N]`.

The judgments are imported (three raters on each pair of 150-word responses). The release is built
by the service that the worker calls, in a process of its own; the agreement page is asked for over
HTTP, first without and then with its cached report.
"""

from __future__ import annotations

import argparse
import json
import time

from bench.client import Client
from bench.instance import Instance, instance, table
from bench.text import write_pairs

_PREPARE = """
import json
from django.core.management import call_command
from bench.fill import project_with_raters
made = project_with_raters(1)
call_command('import_tasks', made['slug'], FILE, verbosity=0)
print(json.dumps(made))
"""

_RELEASE = """
import json, resource, time
from labeling.models import Release
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import Project

def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

project = Project.objects.get(slug=SLUG)
before = rss()
release = request_release(project=project, created_by=None, recipe=RECIPE, format=FORMAT,
                          file_type=FILE_TYPE)
began, cpu = time.perf_counter(), time.process_time()
run_release(release.pk)
took = time.perf_counter() - began
release.refresh_from_db()
size = sum(f.stat().st_size for f in folder_of(release).rglob('*') if f.is_file())
print(json.dumps(dict(state=release.state, error=release.error, seconds=took, before=before,
    cpu=time.process_time() - cpu, peak=rss(), size=size)))
"""


def filled(made: Instance, judgments: int) -> dict[str, object]:
    """Fill the instance; return what a client needs."""
    file = made.folder / "judged.jsonl"
    write_pairs(file, -(-judgments // 3), judges=3)
    facts = json.loads(made.python(f"FILE = {str(file)!r}\n{_PREPARE}").splitlines()[-1])
    assert isinstance(facts, dict)
    return facts


def release(made: Instance, slug: str, recipe: str) -> list[str]:
    """Build one release; return a row of the table."""
    names = f"SLUG, RECIPE, FORMAT, FILE_TYPE = {slug!r}, {recipe!r}, 'native', 'parquet'\n"
    figures = json.loads(made.python(names + _RELEASE).splitlines()[-1])
    assert str(figures["state"]).lower() == "done", figures
    return [
        f"{recipe}, Parquet",
        f"{figures['seconds']:.1f}",
        f"{figures['cpu']:.1f}",
        f"{figures['before']:.0f}",
        f"{figures['peak']:.0f}",
        f"{figures['size'] / 1e6:.0f}",
    ]


def page(made: Instance, facts: dict[str, object]) -> list[list[str]]:
    """Ask for the agreement page, cold and then cached; return rows of the table."""
    client = Client("127.0.0.1", made.port, {"sessionid": str(facts["lead"])}, timeout=120)
    rows = []
    for state in ("cold", "cached", "cached again"):
        began = time.perf_counter()
        reply = client.get(f"/p/{facts['slug']}/agreement/")
        took = time.perf_counter() - began
        assert reply.status == 200, reply.status
        rows.append([state, f"{took * 1000:.0f}", f"{len(reply.body) / 1000:.0f}"])
    return rows


def main() -> None:
    """Fill one instance per size, measure both and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judgments", type=int, nargs="+", default=[20_000, 100_000])
    for judgments in parser.parse_args().judgments:
        with instance() as made:
            facts = filled(made, judgments)
            slug = str(facts["slug"])
            print(f"{judgments:,} judgments\n")
            rows = [release(made, slug, recipe) for recipe in ("majority", "raw")]
            head = ["release", "seconds", "CPU s", "RSS before MB", "peak RSS MB", "files MB"]
            table(head, rows)
            table(["agreement page", "ms", "KB"], page(made, facts))


if __name__ == "__main__":
    main()
