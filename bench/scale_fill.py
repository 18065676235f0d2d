"""A project of a million judgments by a thousand raters, written as SQL inside of Django.

The rows are those that rating would have left: leases, judgments, answers, skips, places. Triggers
rest meanwhile, because a million updates of places would take longer than everything else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

from django.contrib import admin
from django.db import connection, transaction

from bench.fill import answers, session_of
from bench.text import words
from labeling.models import Import, Release
from labeling.releases.services import request_release, run_release
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec
from projects.services.invitations import invite
from projects.services.keys import create_api_key
from projects.services.members import create_user, set_member
from projects.services.projects import create_project

_CRITERIA = (
    CriterionSpec("overall", "Which response is better?", "llama_eval7", is_primary=True),
    CriterionSpec("style", "Which response reads better?", "arena4", is_required=False),
)
TABLES = ("labeling_assignment", "labeling_judgment", "labeling_answer")

#: 400 texts, from which every response takes three and its number.
TEXTS = "CREATE TEMP TABLE phrases AS SELECT * FROM unnest(%(texts)s) WITH ORDINALITY p(said, n)"

PEOPLE = """
INSERT INTO projects_user (password, is_superuser, email, name, time_zone, is_active, is_staff,
    is_placeholder, created_at)
SELECT '!', false, 'crowd' || i || '@bench.example', 'Rater ' || i, 'UTC', true, false, false, now()
FROM generate_series(0, %(raters)s - 1) i;
INSERT INTO projects_membership (project_id, user_id, role, created_at)
SELECT %(project)s, id, 'rater', now() FROM projects_user WHERE email LIKE 'crowd%%@bench.example';
INSERT INTO projects_acknowledgement (guideline_id, user_id, seconds_open, at)
SELECT %(guideline)s, id, 60, now() FROM projects_user WHERE email LIKE 'crowd%%@bench.example';
CREATE TEMP TABLE crowd AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS i FROM projects_user
WHERE email LIKE 'crowd%%@bench.example';
CREATE UNIQUE INDEX ON crowd (i);
"""

_TASKS = """
INSERT INTO labeling_prompt (project_id, external_id, messages, group_key, category, language,
    difficulty, sensitivity, licence, author, probe_family, probe_variant, metadata, html,
    html_version, created_at)
SELECT %(project)s, 'p-' || i, jsonb_build_array(jsonb_build_object('role', 'user', 'content',
        a.said || ' (' || i || ')')), md5(i::text) || md5(i::text),
    'category ' || i %% 40, 'en', '', '[]', '', '', '', '', '{}', '', 0, now()
FROM generate_series(1, %(tasks)s) i JOIN phrases a ON a.n = 1 + i * 7 %% 400 ORDER BY i;
INSERT INTO labeling_response (prompt_id, external_id, content, messages, model, model_version,
    decoding, batch, is_human, html, html_version)
SELECT p.id, 'r-' || k, a.said || E'\\n\\n' || b.said || E'\\n\\n' || c.said || ' ' || p.id || k,
    '[]', 'model-' || (p.id + k * 3) %% 12, '', '{}', '', false, '', 0
FROM labeling_prompt p CROSS JOIN generate_series(0, 1) k
JOIN phrases a ON a.n = 1 + (p.id * 3 + k * 11) %% 400
JOIN phrases b ON b.n = 1 + (p.id * 17 + k * 29) / 5 %% 400
JOIN phrases c ON c.n = 1 + (p.id * 31 + k * 7) / 11 %% 400
WHERE p.project_id = %(project)s ORDER BY p.id, k;
INSERT INTO labeling_task (project_id, prompt_id, external_id, kind, purpose, response_ids,
    overlap, open_slots, priority, queue_key, model_votes, created_at)
SELECT %(project)s, p.id, p.external_id, 'compare', 'live',
    (SELECT array_agg(r.id ORDER BY r.id) FROM labeling_response r WHERE r.prompt_id = p.id),
    3, 3, 0, ('x' || substr(p.group_key, 1, 11))::bit(44)::bigint, '[]', now()
FROM labeling_prompt p WHERE p.project_id = %(project)s ORDER BY p.id;
"""

# The first in the queue are judged; three raters each, so that every two raters meet on some.
_JUDGED = """
CREATE TEMP TABLE judged AS
SELECT id, hashint8extended(id, 1) & 1073741823 AS x, hashint8extended(id, 2) & 1073741823 AS y,
    hashint8extended(id, 3) & 1073741823 AS z
FROM labeling_task WHERE project_id = %(project)s ORDER BY queue_key LIMIT %(judged)s;
INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
    shown_order, guideline_id, purpose, strategy, selection_probability, skip_reason, skip_note,
    created_at, opened_at, submitted_at, skipped_at)
SELECT j.id, %(project)s, crowd.id, CASE WHEN k < 3 THEN 'submitted' ELSE 'skipped' END, now(),
    CASE WHEN (x + k) %% 2 = 0 THEN ARRAY[0, 1] ELSE ARRAY[1, 0] END, %(guideline)s, 'live',
    'uniform', 1, CASE WHEN k = 3 THEN 'unclear' ELSE '' END, '', t.at - '1 min'::interval,
    t.at - '1 min'::interval, CASE WHEN k < 3 THEN t.at END, CASE WHEN k = 3 THEN t.at END
FROM judged j CROSS JOIN generate_series(0, 3) k
CROSS JOIN LATERAL (SELECT now() - interval '40 days' * random() AS at) t
JOIN crowd ON crowd.i = (x + CASE k WHEN 0 THEN 0 WHEN 1 THEN 1 + y %% (%(raters)s / 3)
    WHEN 2 THEN 1 + %(raters)s / 3 + z %% (%(raters)s / 3) ELSE %(raters)s - 1 END) %% %(raters)s
WHERE k < 3 OR x %% 50 = 0 ORDER BY t.at;
INSERT INTO labeling_judgment (assignment_id, task_id, project_id, rater_id, guideline_id,
    is_current, withdrawn, fingerprint, purpose, strategy, selection_probability, source,
    rationale, principles, flags, active_ms, idle_ms, times_cut, ui_version, created_at)
SELECT id, task_id, project_id, rater_id, guideline_id, true, false, '', purpose, strategy, 1,
    'human', CASE WHEN id %% 10 = 0 THEN 'The first is right, the second says too much. ' || id
    ELSE '' END, '[]', CASE WHEN id %% 500 = 0 THEN '["unsafe"]'::jsonb ELSE '[]' END,
    5000 + id %% 60000, 0, false, '1', submitted_at
FROM labeling_assignment WHERE project_id = %(project)s AND state = 'submitted' ORDER BY id;
"""

# Tasks lean to a side, raters err; the second question follows the first.
_ANSWERS = """
CREATE TEMP TABLE values AS
SELECT g.id, g.task_id, greatest(-3, least(3, round((hashint8extended(g.task_id, 5)
    & 65535) / 65535.0 * 4 - 2 + (random() + random() + random() - 1.5) * 2.4)))::int AS value
FROM labeling_judgment g WHERE g.project_id = %(project)s;
INSERT INTO labeling_answer (judgment_id, criterion_id, value, tie_kind, unsaid, side_only)
SELECT id, %(overall)s, value, CASE WHEN value = 0 THEN 'equal_good' ELSE '' END, '', false
FROM values ORDER BY id;
INSERT INTO labeling_answer (judgment_id, criterion_id, value, tie_kind, unsaid, side_only)
SELECT id, %(style)s, said, CASE WHEN said = 0 THEN 'equal_bad' ELSE '' END, '', false
FROM values, LATERAL (SELECT sign(value + round(random() * 2 - 1))::int AS said) s ORDER BY id;
UPDATE labeling_task t SET open_slots = 0 FROM judged j WHERE t.id = j.id;
"""

REST = """
INSERT INTO labeling_importrefusal (import_job_id, line, field, code, reason, excerpt)
SELECT %(file)s, i, 'responses', 'missing', 'There is no second response.', '{"id": ' || i || '}'
FROM generate_series(1, %(refusals)s) i;
INSERT INTO projects_auditevent (project_id, actor_id, verb, detail, at)
SELECT %(project)s, %(lead)s, 'settings changed', '{"overlap": [3, 4]}', now()
FROM generate_series(1, %(events)s);
INSERT INTO labeling_release (project_id, created_by_id, state, attempts, progress_done,
    progress_total, error, created_at, started_at, finished_at, number, recipe, format, file_type,
    options, cutoff, salt, rows_in, rows_out, counts, files, sha256, version)
SELECT project_id, created_by_id, state, attempts, progress_done, progress_total, error,
    created_at, started_at, finished_at, number + i, recipe, format, file_type, options, cutoff,
    salt, rows_in, rows_out, counts, files, sha256, version
FROM labeling_release CROSS JOIN generate_series(1, 60) i WHERE project_id = %(project)s
"""


def run(statements: str, **values: object) -> None:
    """Run statements with these values in the places of their names."""
    with connection.cursor() as cursor:
        cursor.execute(statements, values)


def resting(tables: Iterable[str], *, awake: bool = False) -> None:
    """Let the triggers of these tables rest, or wake them."""
    act = "ENABLE" if awake else "DISABLE"
    run("".join(f"ALTER TABLE {table} {act} TRIGGER USER;" for table in tables))


def main(out: str, *, judgments: int, raters: int) -> None:
    """Fill the instance and write what the walk needs to `out`, as JSON."""
    people = {role: create_user(email=f"{role}@bench.example", name=role.title()) for role in Role}
    lead = people[Role.LEAD]
    project = create_project(name="Crowd", created_by=lead, template="arena", criteria=_CRITERIA)
    guideline = project.guidelines.get()
    for role, user in people.items():
        set_member(project=project, user=user, role=role)
        acknowledge(user=user, guideline=guideline)
    judged = -(-judgments // 3)
    rng = random.Random(1)
    criteria = {c.key: c.pk for c in project.criteria.all()}
    names = {
        "project": project.pk,
        "guideline": guideline.pk,
        "lead": lead.pk,
        "raters": raters,
        "tasks": judged + judged // 15,
        "judged": judged,
        "texts": [words(rng, 40) for _ in range(400)],
        **criteria,
    }
    with transaction.atomic():
        resting(TABLES)
        for statements in (TEXTS, PEOPLE, _TASKS, _JUDGED, _ANSWERS):
            run(statements, **names)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        resting(TABLES, awake=True)
    run("VACUUM ANALYZE")
    names |= jobs(project, lead)
    with transaction.atomic():
        run(REST, **names, refusals=judgments // 10, events=judgments // 50)
    run("VACUUM ANALYZE")
    Path(out).write_text(json.dumps(facts(project, people)))


def jobs(project: Project, lead: User) -> dict[str, int]:
    """An import and a release that is done, of the oldest fifth of a percent."""
    file = Import.objects.create(project=project, filename="rows.jsonl", state="done")
    release = request_release(project=project, created_by=lead, recipe="raw", format="native")
    first = project.judgments.order_by("pk").values_list("pk", flat=True)[0]
    Release.objects.filter(pk=release.pk).update(cutoff=first + 2_000)
    run_release(release.pk)
    for _ in range(300):
        invite(project=project, created_by=lead, role=Role.RATER)
    return {"file": file.pk}


def facts(project: Project, people: dict[Role, User]) -> dict[str, object]:
    """Names in addresses, and the session and token of each role."""
    operator = User.objects.create_superuser("operator@bench.example", name="Operator")
    member = project.memberships.filter(role=Role.RATER).order_by("-pk")[0]
    rater = member.user
    who = {**{str(role): user for role, user in people.items()}, "operator": operator}
    who["rater"] = rater  # somebody with a thousand judgments
    release = Release.objects.filter(project=project).order_by("pk")[0]
    return {
        "slug": project.slug,
        "answers": answers(project),
        "admin": [
            f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry
        ],
        "sessions": {name: session_of(user) for name, user in who.items()},
        "tokens": {
            name: create_api_key(user=user, name="bench").token for name, user in who.items()
        },
        "names": {
            "tasks": (task := str(project.tasks.order_by("pk").values_list("pk", flat=True)[7])),
            "task_id": task,
            "members": str(member.pk),
            "member_id": str(member.pk),
            "invitations": str(project.invitations.all()[0].pk),
            "import_id": str(Import.objects.filter(project=project)[0].pk),
            "number": str(release.number),
            "name": "manifest.json",
            "criterion": "overall",
            "files": [file["name"] for file in release.files],
        },
    }
