"""The data folder that the first version left, which was killed at work.

`oldest/` holds it (migrations projects 0001, labeling 0002): the demo with judgments of three
raters, who hold a lease each, an import and a release in the middle, an import and a release that
nobody had begun.
"""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import psycopg2

from config.embedded.paths import DATABASE_NAME, DATABASE_USER
from config.embedded.postgres import Postgres

OLDEST = Path(__file__).parent / "oldest"
SLUG = "demo-everyday-assistant"

#: What must read the same whatever the schema is.
KEPT = {
    "judgments": "SELECT id, task_id, rater_id, assignment_id, guideline_id, is_current, withdrawn,"
    " key::text, rationale, principles, flags, active_ms, source, created_at, revises_id"
    " FROM labeling_judgment WHERE id <= 182 ORDER BY id",
    "answers": "SELECT id, judgment_id, criterion_id, value, response_id FROM labeling_answer"
    " WHERE judgment_id <= 182 ORDER BY id",
    "skips": "SELECT id, task_id, rater_id, skip_reason, skip_note FROM labeling_assignment"
    " WHERE state = 'skipped' ORDER BY id",
    "texts": "SELECT r.id, r.content, r.model, p.messages, p.external_id FROM labeling_response r"
    " JOIN labeling_prompt p ON p.id = r.prompt_id WHERE p.external_id !~ '^(Running|Pending)-'"
    " ORDER BY r.id",
    "releases": "SELECT id, number, recipe, format, options, cutoff, salt, rows_in, rows_out,"
    " files, sha256 FROM labeling_release WHERE number = 1",
    "people": "SELECT u.id, u.email, u.password, m.role FROM projects_user u"
    " JOIN projects_membership m ON m.user_id = u.id ORDER BY u.id",
    "guidelines": "SELECT g.id, g.number, g.text, a.user_id FROM projects_guideline g"
    " LEFT JOIN projects_acknowledgement a ON a.guideline_id = g.id ORDER BY g.id, a.user_id",
}
#: Which tie a judgment is, as it was kept then and as it is now.
TIES_BEFORE = "SELECT id, tie_kind FROM labeling_judgment WHERE tie_kind <> '' ORDER BY id"
TIES_AFTER = (
    "SELECT a.judgment_id, a.tie_kind FROM labeling_answer a JOIN projects_criterion c"
    " ON c.id = a.criterion_id AND c.is_primary WHERE a.tie_kind NOT IN ('', 'unspecified')"
    " AND a.judgment_id <= 182 ORDER BY a.judgment_id"
)
#: Its jobs.
STATES = (
    "SELECT filename, state, progress_done, error FROM labeling_import ORDER BY id",
    "SELECT number::text, state, 0, error FROM labeling_release ORDER BY id",
)
Rows = list[tuple[object, ...]]


def read(sockets: Path, query: str, *values: object) -> Rows:
    """The rows of a query on an instance's database."""
    session = psycopg2.connect(host=str(sockets), user=DATABASE_USER, dbname=DATABASE_NAME)
    try:
        with session.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()
    finally:
        session.close()


def kept(sockets: Path) -> dict[str, Rows]:
    """Everything that no upgrade may change."""
    return {name: read(sockets, query) for name, query in KEPT.items()}


def load(data: Path) -> tuple[dict[str, Rows], Rows]:
    """Lay the first version's folder out as `data`; return what is in it."""
    data.mkdir()
    with tarfile.open(OLDEST / "files.tar.gz") as archive:
        archive.extractall(data, filter="data")
    (data / "secret_key").write_text("the key that this folder had from its first day on, it is")
    sockets = data / "run" / "postgres"
    server = Postgres(data / "postgres", sockets, data / "run" / "postgres.log").start()
    try:
        dump = gzip.decompress((OLDEST / "database.sql.gz").read_bytes()).decode()
        session = psycopg2.connect(host=str(sockets), user=DATABASE_USER, dbname=DATABASE_NAME)
        with session, session.cursor() as cursor:
            cursor.execute(dump.replace("@DATA@", str(data)))
            # They were at it a moment ago.
            cursor.execute(
                "UPDATE public.labeling_assignment SET lease_expires_at = now() + interval '10 min'"
                " WHERE state = 'leased'"
            )
        session.close()
        return kept(sockets), read(sockets, TIES_BEFORE)
    finally:
        server.stop()


def states(sockets: Path) -> Rows:
    """Every job with its state."""
    return [row for query in STATES for row in read(sockets, query)]
