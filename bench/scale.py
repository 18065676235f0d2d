"""Every page and call at a million judgments by a thousand raters: `python -m bench.scale`.

Walks the addresses of tests/architecture/policy_table.py as everybody who is let in, with every
filter and the last page of every list, and the operators' admin. Prints what each took and to
which peak the process that answered grew, slowest first, and marks what is over a second or 500
MB. `--keep FOLDER` fills the folder once and walks it again the next time.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.client import Client, Gone
from bench.instance import Instance, percentile, table
from tests.architecture.policy_table import TABLE

SECONDS, MEGABYTES = 1.0, 500.0
#: What judgments of every kind are made of.
MIX = {
    "comparisons": 200_000,
    "rankings": 120_000,
    "ratings": 600_000,
    "rules": 30_000,
    "texts": 10_000,
}
_WHO = ("lead", "reviewer", "rater", "engineer")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
#: What would end what the walk walks in; the rest of the POSTs find nothing of use in their body.
_ENDS = ("logout/", "remove/", "revoke/", "retry/", "/members/<", "undo/", "acknowledge", "skip/")
_ENDS += ("release/", "edit/", "imports/", "settings/", "invite/", "healthz")
#: More of the same addresses: filters, last pages, other orders.
_MORE: dict[str, tuple[str, ...]] = {
    "p/<slug:slug>/tasks/": (
        *("state=untouched", "state=under_way", "state=complete", "state=split", "state=flagged"),
        *("state=skipped", "category=category+7", "purpose=gold", "q=p-300000", "q=river"),
        *("q=nothing+like+it", "page=99999", "state=split&page=99999", "q=river&state=split"),
        *("state=complete&page=99999", "category=category+7&q=nothing"),
        *("withdrawn=yes", "withdrawn=any", "withdrawn=yes&q=river", "import=1"),
    ),
    "p/<slug:slug>/members/": ("page=99999",),
    "p/<slug:slug>/audit/": ("page=99999",),
    "p/<slug:slug>/raters/": ("page=99999", "page=5"),
    "p/<slug:slug>/agreement/<slug:criterion>/": ("page=99999", "page=5"),
    "api/v1/projects/<slug:slug>/agreement/pairs/": ("criterion=overall&page=800&page_size=500",),
    "p/<slug:slug>/imports/<int:import_id>/": ("page=99999", "page=5"),
    "p/<slug:slug>/releases/": ("page=99999",),
    "p/<slug:slug>/releases/new/": ("recipe=raw&format=trl_preference",),
    "p/<slug:slug>/releases/preview/": (
        "recipe=majority&format=native&train=80&validation=10&test=10",
        "recipe=raw&format=native&train=80&validation=10&test=10",
    ),
    "api/v1/projects/<slug:slug>/agreement/": ("order=source",),
    "api/v1/projects/<slug:slug>/imports/<int:import_id>/": ("page=900", "page_size=200"),
}
_PREVIEW = "api/v1/projects/<slug:slug>/releases/preview/"
_ADMIN = ("?q=river", "?q=p-300000", "?p=900", "?o=-1", "1/change/")
_ADMIN_FILTERS = {
    "labeling/task": ("kind=compare", "purpose=gold", "purpose=live"),
    "labeling/assignment": ("state=leased", "state=submitted", "state=expired", "purpose=gold"),
    "labeling/judgment": (
        *("is_current__exact=0", "withdrawn__exact=1", "withdrawn__exact=0", "purpose=gold"),
        *("source=human", "source=llm", "source=human&q=p-300000"),
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one person."""

    who: str
    verb: str
    path: str
    body: str = ""

    @property
    def shown(self) -> str:
        """How it stands in the table."""
        return f"{self.verb} {self.path}"


@dataclass(slots=True)
class Cost:
    """What a call took: seconds, the peak of the biggest web process in megabytes, its reply."""

    call: Call
    seconds: float
    peak: float
    grown: float
    status: int
    size: int


def calls(facts: dict[str, Any]) -> list[Call]:
    """Every address for everybody who is let in, once a different path a person."""
    listed: list[Call] = []
    for line in TABLE.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        verb, route, *codes = line.split()
        for who, code in zip(_WHO, codes, strict=False):
            if verb in {"GET", "POST"} and int(code) < 500 and code not in {"403", "404", "405"}:
                listed += _of_route(facts, who, verb, "" if route == "/" else route)
    return [*listed, *_of_admin(facts)]


def _of_route(facts: dict[str, Any], who: str, verb: str, route: str) -> Iterator[Call]:
    if "^" in route or "<str:upload>" in route or "<int:assignment_id>" in route:
        return
    if verb == "POST" and any(word in route for word in _ENDS) and route != _PREVIEW:
        return
    names = {**facts["names"], "slug": facts["slug"], "token": "x", "uidb64": "MQ"}
    kind = next((k for k in ("tasks", "members", "invitations", "tokens") if f"{k}/<" in route), "")
    names["pk"] = names.get(kind, "0")
    path = "/" + _PARAMETER.sub(lambda match: str(names.get(match[1], "0")), route)
    wanted = {"recipe": "majority", "format": "native"} if route == _PREVIEW else {}
    yield Call(who, verb, path, json.dumps(wanted) if verb == "POST" else "")
    if verb == "GET":
        for query in _MORE.get(route, ()):
            yield Call(who, verb, f"{path}?{query}")
        yield from _of_others(facts, who, route, names)
    if "<path:name>" in route:
        for name in facts["names"]["files"]:
            yield Call(who, verb, path.replace("manifest.json", name))


def _of_others(
    facts: dict[str, Any], who: str, route: str, names: dict[str, Any]
) -> Iterator[Call]:
    """The same page of tasks of other kinds, and of other questions."""
    for name, values in facts.get("others", {}).items():
        if f":{name}>" in route and (name != "pk" or "tasks/<" in route):
            for value in values:
                other = {**names, name: value}
                path = "/" + _PARAMETER.sub(
                    lambda match, of=other: str(of.get(match[1], "0")), route
                )  # type: ignore[misc]
                yield Call(who, "GET", path)


def _of_admin(facts: dict[str, Any]) -> Iterator[Call]:
    yield Call("operator", "GET", "/admin/")
    for model in facts["admin"]:
        yield Call("operator", "GET", f"/admin/{model}/")
        for more in _ADMIN:
            yield Call("operator", "GET", f"/admin/{model}/{more}")
        for query in _ADMIN_FILTERS.get(model, ()):
            yield Call("operator", "GET", f"/admin/{model}/?{query}")


class Web:
    """The web processes of an instance, and the peaks they reach."""

    def __init__(self, made: Instance) -> None:
        assert made.process is not None
        root = psutil.Process(made.process.pid)
        every = [p for p in root.children(recursive=True) if "gunicorn" in " ".join(p.cmdline())]
        self.processes = [p for p in every if p.ppid() in {q.pid for q in every}] or every
        self.worker = [
            p for p in root.children(recursive=True) if "celery" in " ".join(p.cmdline())
        ]

    def begin(self) -> list[float]:
        """Forget the peaks so far; return what each process holds now."""
        for process in self.processes:
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")
        return [_status(process.pid, "VmRSS") for process in self.processes]

    def peaks(self) -> list[float]:
        """The most that each process has held since `begin`."""
        return [_status(process.pid, "VmHWM") for process in self.processes]

    def workers_peak(self) -> float:
        """The most that a process of the background worker has ever held."""
        return max((_status(p.pid, "VmHWM") for p in self.worker if p.is_running()), default=0.0)


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def measured(made: Instance, facts: dict[str, Any], call: Call, web: Web) -> Cost:
    """Do one call and say what it took."""
    client = _client(made, facts, call.who)
    api = call.path.startswith("/api/")
    before, began = web.begin(), time.perf_counter()
    try:
        if call.verb == "GET":
            reply = client.get(call.path)
        elif api:
            headers = {"Content-Type": "application/json"}
            reply = client.request("POST", call.path, call.body.encode(), headers)
        else:
            reply = client.post(call.path, [("nothing", "of use")])
        status, size = reply.status, len(reply.body)
    except Gone:
        status, size = 0, 0
    took, peaks = time.perf_counter() - began, web.peaks()
    client.close()
    grown = max(after - at for at, after in zip(before, peaks, strict=True))
    return Cost(call, took, max(peaks), grown, status, size)


def _client(made: Instance, facts: dict[str, Any], who: str) -> Client:
    cookies = {"sessionid": str(facts["sessions"][who]), "csrftoken": "c" * 32}
    token = {"Authorization": f"Token {facts['tokens'][who]}"}
    return Client("127.0.0.1", made.port, cookies, token, timeout=300)


def walk(made: Instance, facts: dict[str, Any], web: Web, only: str = "") -> list[Cost]:
    """Every call twice, since the second may know what the first found; the dearer of both."""
    costs: list[Cost] = []
    for call in calls(facts):
        if not re.search(only, f"{call.who} {call.shown}"):
            continue
        pair = [measured(made, facts, call, web) for _ in range(2)]
        costs.append(max(pair, key=lambda cost: cost.seconds))
        if not _is_within(costs[-1]):
            print(f"over: {call.who} {call.shown} {costs[-1].seconds:.1f} s", file=sys.stderr)
    return costs


def _is_within(cost: Cost) -> bool:
    dear = cost.seconds > SECONDS or cost.grown > MEGABYTES
    return not dear and cost.status not in {0, 500}


def eight_at_once(made: Instance, facts: dict[str, Any], path: str) -> tuple[float, float]:
    """The slowest of eight requests of a page at once, and of a rater's beside them."""
    took: list[float] = []

    def ask() -> None:
        began = time.perf_counter()
        _client(made, facts, "lead").get(path)
        took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    rated = []
    rater = _client(made, facts, "rater")
    while any(thread.is_alive() for thread in threads):
        began = time.perf_counter()
        rater.get(f"/p/{facts['slug']}/rate/")
        rated.append(time.perf_counter() - began)
    return max(took), max(rated, default=0.0)


def next_tasks(made: Instance, facts: dict[str, Any], n: int = 100) -> list[float]:
    """Seconds of so many judgments by script, each answered with the next task."""
    client = _client(made, facts, "rater")
    took, slug = [], facts["slug"]
    client.extra["Accept"] = "application/json"
    page = client.get(f"/p/{slug}/rate/").body
    shown, face = re.search(rb"/rate/(\d+)/submit/", page), re.search(rb'data-face="([^"]+)"', page)
    assert shown, "the rater has no task"
    assert face
    faces = ("faces", face[1].decode())
    ident = int(shown[1])
    for _ in range(n):
        began = time.perf_counter()
        fields = [*map(tuple, facts["answers"]), ("active_ms", "9000"), ("showing", ""), faces]
        reply = client.post(f"/p/{slug}/rate/{ident}/submit/", fields)
        took.append(time.perf_counter() - began)
        if not reply.json()["task"]:
            break
        ident = reply.json()["task"]["id"]  # type: ignore[index]
    return took


def report(costs: list[Cost], *, most: int) -> bool:
    """Print the dearest calls; return whether all are within bounds."""
    over = [cost for cost in costs if not _is_within(cost)]
    costs = sorted(costs, key=lambda cost: -cost.seconds)
    rows = [
        [
            f"`{c.call.shown}`",
            c.call.who,
            str(c.status),
            f"{c.seconds:.2f}",
            f"{c.grown:.0f}",
            f"{c.peak:.0f}",
            f"{c.size / 1000:,.0f}",
            "over" if c in over else "",
        ]
        for c in costs[:most]
    ]
    print(f"\n{len(costs)} calls, {len(over)} over {SECONDS:g} s or {MEGABYTES:g} MB\n")
    table(["call", "who", "status", "s", "grown MB", "peak MB", "reply KB", ""], rows)
    return not over


def filled(folder: Path, filling: str, **sizes: object) -> tuple[Instance, dict[str, Any]]:
    """An instance on this folder, started, and filled unless it was."""
    made, out = Instance(folder), folder / "facts.json"
    made.start()
    if not out.exists():
        began = time.perf_counter()
        made.python(f"from bench.{filling} import main\nmain({str(out)!r}, **{sizes!r})")
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    return made, json.loads(out.read_text())


def main() -> None:
    """Fill, walk, print; end with 1 where something is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judgments", type=int, default=1_000_000)
    parser.add_argument("--raters", type=int, default=1_000)
    parser.add_argument("--mixed", action="store_true", help="judgments of every kind")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="", help="a pattern of calls, as `lead GET /p/`")
    parser.add_argument("--most", type=int, default=40, help="rows of the table")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="concord-scale-"))
    folder.mkdir(parents=True, exist_ok=True)
    if asked.mixed:
        share = asked.judgments / sum(MIX.values())
        mix = {what: max(30, int(n * share)) for what, n in MIX.items()}
        made, facts = filled(folder, "scale_mixed", judgments=mix, raters=asked.raters)
    else:
        made, facts = filled(folder, "scale_fill", judgments=asked.judgments, raters=asked.raters)
    try:
        web = Web(made)
        within = report(walk(made, facts, web, asked.only), most=asked.most)
        if not asked.only and not asked.mixed:
            steps = next_tasks(made, facts)
            print(f"next task: p50 {percentile(steps, 0.5) * 1000:.0f} ms, ", end="")
            print(f"p95 {percentile(steps, 0.95) * 1000:.0f} ms")
            for path in ("", "agreement/", "releases/preview/?recipe=raw&format=native"):
                took, rated = eight_at_once(made, facts, f"/p/{facts['slug']}/{path}")
                print(f"eight at once of {path or 'the overview'}: {took:.1f} s, ", end="")
                print(f"a rater beside them {rated:.1f} s")
        print(f"the background worker's peak: {web.workers_peak():.0f} MB")
    finally:
        made.stop()
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(not within)


if __name__ == "__main__":
    main()
