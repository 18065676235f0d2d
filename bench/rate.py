"""next + submit, as a browser does it: `python -m bench.rate [--seconds 15] [--kind rank]`.

10,000 tasks (`--tasks`) of two 150-word responses, or another kind of tasks with as long ones,
overlap 3, against `./run` with its defaults; 1, 8 and 32 raters without a pause for thought, of
texts that are written one: others would get its reviews. `--gold 0.05 --repeats 0.05` mixes checks
into comparisons, `--checks` does both and turns on caps and qualification, `--topics` topics and
the quiz. The client is a process of its own per run.
"""

from __future__ import annotations

import argparse
import functools
import json
import operator
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.client import Client, Finished, FormRater, Gone, Refused, ScriptRater
from bench.instance import Instance, instance, percentile, table

_RATERS = {"write": [1]}
_CHECK = """
from django.db import connection
c = connection.cursor()
c.execute('''SELECT count(*) FROM labeling_task t WHERE (SELECT count(*) FROM labeling_judgment j
  WHERE j.task_id = t.id AND j.is_current AND NOT j.withdrawn) > t.overlap''')
over = c.fetchone()[0]
c.execute('''SELECT count(*), count(*) FILTER (WHERE purpose = 'gold'),
  count(*) FILTER (WHERE purpose = 'repeat') FROM labeling_judgment WHERE is_current''')
print(over, *c.fetchone())
"""


def drive(port: int, made: dict[str, object], raters: int, seconds: float, way: str) -> None:
    """Rate with so many threads for so long; print the latencies and errors as JSON."""
    sessions = list(dict(made["sessions"]).values())[:raters]  # type: ignore[call-overload]
    answers = [(str(k), str(v)) for k, v in made["answers"]]  # type: ignore[attr-defined]
    latencies: list[list[float]] = [[] for _ in sessions]
    errors: list[str] = []
    go = threading.Barrier(len(sessions) + 1)
    ends = [0.0]

    def rate(index: int) -> None:
        client = Client("127.0.0.1", port, {"sessionid": sessions[index]})
        try:
            step = _opened(client, str(made["slug"]), answers, way)
            go.wait()
            while time.perf_counter() < ends[0]:
                latencies[index].append(step())
        except (Refused, Gone, Finished) as error:
            errors.append(repr(error))
            if not go.broken and go.n_waiting:
                go.wait()

    threads = [threading.Thread(target=rate, args=(i,)) for i in range(len(sessions))]
    for thread in threads:
        thread.start()
    ends[0] = time.perf_counter() + seconds + 5
    go.wait()
    began = time.perf_counter()
    ends[0] = began + seconds
    print("go", flush=True)
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    print(
        json.dumps(
            {
                "latencies": functools.reduce(operator.iadd, latencies, []),
                "errors": errors,
                "seconds": took,
            }
        )
    )


def _opened(client: Client, slug: str, answers: list[tuple[str, str]], way: str):  # type: ignore[no-untyped-def]
    if way == "script":
        script = ScriptRater(client, slug, answers)
        script.open()
        return script.step
    form = FormRater(client, slug, answers)
    form.open()

    def step() -> float:
        began = time.perf_counter()
        reply = form.submit()
        if reply.status != 302:
            raise Refused(f"submit: {reply.status}")
        form.open()
        return time.perf_counter() - began

    return step


def measure(made: Instance, facts: str, raters: int, seconds: float, way: str) -> list[str]:
    """Run one client process and return a row of the table."""
    client = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bench.rate",
            "--drive",
            facts,
            "--port",
            str(made.port),
            "--raters",
            str(raters),
            "--seconds",
            str(seconds),
            "--way",
            way,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdout
    assert client.stdout.readline() == "go\n"
    before = made.cpu()
    result = json.loads(client.stdout.readline())
    used = {kind: after - before[kind] for kind, after in made.cpu().items()}
    client.wait()
    took: list[float] = result["latencies"]
    for error in result["errors"][:3]:
        print(error, file=sys.stderr)
    return [
        way,
        str(raters),
        f"{len(took) / result['seconds']:.0f}",
        f"{percentile(took, 0.5) * 1000:.0f}",
        f"{percentile(took, 0.95) * 1000:.0f}",
        f"{sum(used.values()) / max(1, len(took)) * 1000:.1f}",
        " + ".join(f"{part / max(1, len(took)) * 1000:.1f}" for part in used.values()),
        str(len(result["errors"])),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--raters", type=int, default=0)
    parser.add_argument("--way", choices=["script", "form", "both"], default="both")
    kinds = ["compare", "rank", "rate", "rule", "write"]
    parser.add_argument("--kind", choices=kinds, default="compare")
    parser.add_argument("--gold", type=float, default=0.0, help="share of gold among comparisons")
    parser.add_argument("--repeats", type=float, default=0.0, help="share of tasks that come again")
    parser.add_argument(
        "--checks",
        action="store_true",
        help="5 %% of gold and of repeats among comparisons, caps and qualification",
    )
    parser.add_argument(
        "--topics", action="store_true", help="comparisons with topics and the quiz"
    )
    parser.add_argument("--drive", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.checks:
        options.gold, options.repeats = options.gold or 0.05, options.repeats or 0.05
    return options


def main() -> None:
    """Parse the command line; drive (as the client process) or measure."""
    options = _options()
    if options.drive:
        made = json.loads(Path(options.drive).read_text())
        drive(options.port, made, options.raters, options.seconds, options.way)
        return
    with instance() as made:
        facts = str(made.folder / "facts.json")
        began = time.perf_counter()
        asked = f"{facts!r}, raters=33, tasks={options.tasks}"
        if options.kind == "compare":
            checks = f"gold={options.gold}, repeats={options.repeats}, guarded={options.checks}"
            ways = f"{checks}, asks={options.topics}"
            made.python(f"from bench import fill; fill.main({asked}, {ways})")
        else:
            made.python(f"from bench.fill_kinds import main; main({asked}, kind={options.kind!r})")
        print(f"filled and rendered in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        rows = [
            measure(made, facts, raters, options.seconds, way)
            for way in (["script", "form"] if options.way == "both" else [options.way])
            for raters in (
                [options.raters] if options.raters else _RATERS.get(options.kind, [1, 8, 32])
            )
        ]
        over, judged, gold, repeats = made.python(_CHECK).split()
        head = [
            "way",
            "raters",
            "judgments/s",
            "p50 ms",
            "p95 ms",
            "CPU ms",
            "web + db + rest",
            "errors",
        ]
        table(head, rows)
        print(f"{judged} judgments, {gold} of them gold, {repeats} repeats; ", end="")
        print(f"tasks over their overlap: {over}")


if __name__ == "__main__":
    main()
