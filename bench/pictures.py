"""Import of pictures by the worker: `python -m bench.pictures [--pictures 1000] [--kinds png]`.

A zip archive of pairs of made-up pictures of 2,048 by 2,048 pixels against `./run` with its
defaults; an instance of its own for each kind. Seconds before are those of whoever sends the file,
until its job is on its way; the others are the job's own, and those of the processor in all of the
instance's processes, which a busy machine does not change. Memory is the highest resident size of
any worker process, and of any process that decodes.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from PIL import Image, ImageDraw

from bench.instance import Instance, instance, table

SIDE = 2048
#: How pictures of a kind are written, as programs that make pictures do.
KINDS = {
    "jpeg": ("JPEG", {"quality": 92}),
    "png": ("PNG", {"compress_level": 1}),
    "webp": ("WEBP", {"quality": 90, "method": 0}),
}
_BASES = 6
_IMPORT = """
import time
from labeling.work.sending import send
from labeling.models import Import
from labeling.imports.services import create_import
from projects.models import Project, User
from projects.services.members import create_user
from projects.services.projects import create_project
lead = create_user(email='bench@example.com')
project = create_project(name='Bench', created_by=lead, template='arena')
began = time.monotonic()
with open({path!r}, 'rb') as file:
    row = create_import(project=project, created_by=lead, filename='pictures.zip',
        content=iter(lambda: file.read(1 << 20), b''))
send(row)
before = time.monotonic() - began
while not row.is_over:
    time.sleep(0.2)
    row = Import.objects.get(pk=row.pk)
print(row.state, row.counts['created'], before,
    (row.finished_at - row.started_at).total_seconds(), row.error)
"""


def bases() -> list[Image.Image]:
    """Pictures with large shapes, small ones and some noise, as photographs have, always alike."""
    dice = random.Random(7)
    made = []
    for _ in range(_BASES):
        image = Image.new("RGB", (SIDE, SIDE))
        for cells, share in ((4, 1.0), (16, 0.5), (128, 0.25), (1024, 0.12)):
            raw = dice.randbytes(3 * cells * cells)
            layer = Image.frombytes("RGB", (cells, cells), raw)
            layer = layer.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            image = Image.blend(image, layer, share)
        made.append(image)
    return made


def pictures(count: int, kind: str) -> Iterator[bytes]:
    """So many files, each of another picture."""
    form, options = KINDS[kind]
    whole = bases()
    for number in range(count):
        image = whole[number % _BASES]
        ImageDraw.Draw(image).rectangle((8, 8, 200, 80), fill="white")
        ImageDraw.Draw(image).text((20, 20), f"{number}", fill="black", font_size=48)
        out = io.BytesIO()
        image.save(out, form, **options)
        yield out.getvalue()


def write_archive(path: Path, count: int, kind: str) -> None:
    """A zip archive of pairs of pictures with their rows."""
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        for number, data in enumerate(pictures(count, kind)):
            name = f"images/{number:05d}.{kind}"
            archive.writestr(name, data)
            if number % 2:
                first = f"images/{number - 1:05d}.{kind}"
                responses = [{"model": "a", "image": first}, {"model": "b", "image": name}]
                row = {"id": f"q{number}", "prompt": f"Picture {number}", "responses": responses}
                rows.append(json.dumps(row))
        archive.writestr("rows.jsonl", "\n".join(rows))


def megabytes(made: Instance) -> tuple[float, float]:
    """The highest resident size that any worker and any decoding process ever had (VmHWM)."""
    assert made.process is not None
    worker = child = 0
    for process in psutil.Process(made.process.pid).children(recursive=True):
        try:
            said = " ".join(process.cmdline())
            status = Path(f"/proc/{process.pid}/status").read_text()
        except (psutil.Error, OSError):
            continue
        lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM")]
        size = int(lines[0][1]) if lines else 0
        if "labeling.media" in said:
            child = max(child, size)
        elif "celery" in said:
            worker = max(worker, size)
    return worker / 1024, child / 1024


def measure(count: int, kind: str) -> list[str]:
    """One row of the table."""
    with instance() as made:
        path = made.folder / "pictures.zip"
        write_archive(path, count, kind)
        used = sum(made.cpu().values())
        printed = made.python(_IMPORT.format(path=str(path))).splitlines()[-1].split(maxsplit=4)
        state, created, before, seconds = printed[:4]
        if state != "done" or int(created) != count // 2:
            raise SystemExit(f"The import ended {printed}.")
        used = sum(made.cpu().values()) - used
        worker, child = megabytes(made)
        size = f"{path.stat().st_size / 1e6:,.0f} MB"
        spent = [f"{float(before):.1f}", f"{float(seconds):.1f}", f"{used:.1f}"]
        return [f"{count:,} {kind}", size, *spent, f"{worker:.0f}", f"{child:.0f}"]


def main() -> None:
    """Measure every kind and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--kinds", nargs="+", default=["jpeg"], choices=list(KINDS))
    wished = parser.parse_args()
    head = ["pictures", "file", "before, s", "seconds", "processor, s", "worker, MB", "decoder, MB"]
    table(head, [measure(wished.pictures, kind) for kind in wished.kinds])


if __name__ == "__main__":
    main()
