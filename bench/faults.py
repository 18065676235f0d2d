"""Faults under load: `python -m bench.faults [--only NAME …] [--disk FOLDER] [--raters 6]`.

For a full disk, one of its own is needed, not so small that its room is low before, which root
makes so:
`mkdir /mnt/small && mount -t tmpfs -o size=3g tmpfs /mnt/small`, then `--disk /mnt/small`.

An instance of `./run`, raters who judge all the time, and one fault after the other. A fault is
survived if afterwards, with nobody's help but a start where everything was killed, every rater is
served again, an import is done, `/healthz` is well and web, worker and beat have given new signs of
life, each within its time. At the end every judgment
that was acknowledged must be stored, once, and no task has more than it wants.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from bench.client import Client, Gone
from bench.faults_jobs import FAILURES, JOB_EXPERIMENTS, ask, rows
from bench.faults_list import EXPERIMENTS, Experiment, Patient
from bench.faults_load import Load, wait_for
from bench.instance import Instance, table

#: Within so many seconds after a fault all must be well.
RECOVERY = 60.0

_STORED = """
import json
from django.db import connection
with connection.cursor() as c:
    c.execute("SELECT count(*) FROM labeling_task t WHERE (SELECT count(*) FROM labeling_judgment j"
              " WHERE j.task_id = t.id AND j.is_current AND NOT j.withdrawn) > t.overlap")
    over = c.fetchone()[0]
    c.execute("SELECT key::text FROM labeling_judgment WHERE key IS NOT NULL")
    print(json.dumps([over, [key for (key,) in c.fetchall()]]))
"""
_ALL = {**EXPERIMENTS, **JOB_EXPERIMENTS}


def healthy(port: int) -> bool:
    """Whether every part says it is well."""
    client = Client("127.0.0.1", port, timeout=10)
    try:
        reply = client.get("/healthz?strict")
    except (Gone, OSError):
        return False
    finally:
        client.close()
    return reply.status == 200


def imported(patient: Patient) -> bool:
    """Whether a one-row import is done within its time."""
    try:
        place = ask(patient, rows(1))
        return wait_for(lambda: patient.lead.get(place).json().get("state") == "done", RECOVERY)
    except (Gone, RuntimeError):
        return False


def tried(name: str, experiment: Experiment, patient: Patient) -> list[str]:
    """One fault and what came of it, as a row of the table."""
    load = patient.load
    before = len(load.keys)
    try:
        experiment(patient)
    except (*FAILURES, SystemExit) as error:
        return [name, "no", str(error)[-160:], "", ""]
    healed = time.time()
    served = load.wait_everybody(RECOVERY)
    works = wait_for(lambda: imported(patient), RECOVERY)
    well = wait_for(lambda: healthy(patient.made.port), RECOVERY)
    signs = wait_for(lambda: patient.signs_after(healed), RECOVERY)
    parts = {"raters": served is not None, "jobs": works, "health": well, "signs of life": signs}
    missing = [part for part, holds in parts.items() if not holds]
    return [
        name,
        "no" if missing else "yes",
        ", ".join(missing) or "–",
        "–" if served is None else f"{served:.0f}",
        str(len(load.keys) - before),
    ]


def main() -> None:
    """Run the experiments and print what was survived, and what was stored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(_ALL), default=list(_ALL))
    parser.add_argument("--disk", help="a small disk to fill; without one, that is not tried")
    parser.add_argument("--raters", type=int, default=6)
    options = parser.parse_args()
    names = [name for name in options.only if options.disk or name != "disk_full"]
    folder = Path(tempfile.mkdtemp(prefix="concord-faults-", dir=options.disk))
    made = Instance(folder)
    try:
        made.start()
        lines, load = _run(made, names, options.raters)
        table(["fault", "survived", "missing", "served again, s", "judgments meanwhile"], lines)
        over, stored = json.loads(made.python(_STORED))
        lost = load.keys - set(stored)
        survived = sum(line[1] == "yes" for line in lines)
        print(f"survived: {survived} of {len(lines)}")
        print(f"acknowledged: {len(load.keys)}, of these stored: {len(load.keys) - len(lost)}")
        print(f"stored twice: {len(stored) - len(set(stored))}, tasks over their overlap: {over}")
        print(f"refused with a reason: {len(load.refused)}", *load.refused[:3], sep="\n")
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if lost or over or survived < len(lines):
        raise SystemExit(1)


def _run(made: Instance, names: list[str], raters: int) -> tuple[list[list[str]], Load]:
    facts = made.folder / "facts.json"
    made.python(
        f"from bench import fill; fill.main({str(facts)!r}, raters={raters}, tasks=4000, "
        f"overlap={raters})"
    )
    filled = json.loads(facts.read_text())
    lead = Client("127.0.0.1", made.port, {"sessionid": filled["lead"]}, timeout=40)
    lead.get("/account/")  # brings the token that forms need
    load = Load(made.port, filled, raters)
    load.start()
    load.wait_everybody(30)
    patient = Patient(made, load, lead, str(filled["slug"]))
    lines = []
    for name in names:
        began = time.monotonic()
        lines.append(tried(name, _ALL[name], patient))
        print(*lines[-1], f"({time.monotonic() - began:.0f} s)", sep="\t", flush=True)
    load.stop()
    return lines, load


if __name__ == "__main__":
    main()
