"""Concord under a path of its own, whether or not the proxy takes the path away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.paths import CHECKOUT

# pytest is imported so that the settings serve static files as in other tests.
ASK = """
import io, os, pytest
from config.wsgi import application
assert "SCRIPT_NAME" not in os.environ
for path in ("/concord/login/", "/login/", "/concord/static/css/base.css", "/concord/", "/healthz"):
    said = {}
    def start(status, headers, said=said):
        said.update(dict(headers), status=status)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "x", "SERVER_PORT": "80",
               "SCRIPT_NAME": "", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    body = b"".join(application(environ, start)).decode()
    print(said["status"][:3], said.get("Location", "-"), body.count('"/concord/static/'),
          body.count('"/static/'), body.count('action="/login'))
"""


@pytest.mark.walk
def test_pages_under_a_prefix_have_their_styles_and_links(tmp_path: Path):
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "base.css").write_text("body {}")
    environment = {**os.environ, "SCRIPT_NAME": "/concord", "CONCORD_DATA": str(tmp_path)}
    environment.pop("PYTEST_CURRENT_TEST", None)
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines[:4]] == ["200", "200", "200", "302"], done
    for page in lines[:2]:
        assert int(page[2]) > 3
        assert page[3:] == ["0", "0"]
    assert lines[3][1] == "/concord/login/?next=/concord/"
    assert lines[4][0] in {"200", "503"}
