"""A project of every kind of task with a million judgments, written as SQL inside of Django.

By default 120,000 rankings of nine, 600,000 ratings of one text on an own scale and a flag, 200,000
comparisons, of which some have pictures and marked passages, 30,000 judgments of three rules each,
and 10,000 written texts with their reviews. As in `scale_fill`, triggers rest meanwhile.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path

from django.db import connection, transaction

from bench import scale_fill
from bench.text import words
from projects.guidelines.services import acknowledge
from projects.models import Role
from projects.own_scales import own_scale_text
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import create_user, set_member
from projects.services.projects import create_project

_OWN = own_scale_text(
    {
        "key": "clear5",
        "answer": "ordinal",
        "options": [{"value": value, "label": f"Clear to {value}"} for value in range(1, 6)],
        "ends": ["Muddled", "Clear"],
    }
)
_CRITERIA = (
    CriterionSpec("overall", "Which response is better?", "llama_eval7", is_primary=True),
    CriterionSpec("order", "Put the responses in order.", "ranking", is_primary=True),
    CriterionSpec("clarity", "How clear is it?", "clear5", is_primary=True, own=_OWN),
    CriterionSpec("harmful", "Is it harmful?", "yes_no", is_required=False),
    CriterionSpec("rule", "Is the rule followed?", "sparrow_rule5", is_primary=True),
    CriterionSpec("decision", "Is the text good?", "decision"),
    CriterionSpec("score", "How good is it?", "score7", is_required=False),
)
_RULES = tuple(PrincipleSpec(f"Keeps rule {number}") for number in (1, 2, 3))
#: By kind: the responses of a task, its raters, and what of the judgments that are asked for.
_SHAPES = {
    "compare": (2, 3, "comparisons"),
    "rank": (9, 3, "rankings"),
    "rate": (1, 3, "ratings"),
    "rule": (1, 3, "rules"),
    "write": (0, 1, "texts"),
}
_TABLES = (*scale_fill.TABLES, "labeling_response", "labeling_writing", "labeling_span")

_PICTURES = """
INSERT INTO labeling_picture (project_id, sha256, source, form, width, height, size, has_preview,
    has_thumbnail)
SELECT %(project)s, md5('a' || i) || md5('b' || i), md5('c' || i) || md5('d' || i), 'webp', 2048,
    1536, 150000, false, false FROM generate_series(1, 200) i
"""

_TASKS = """
INSERT INTO labeling_prompt (project_id, external_id, messages, group_key, category, language,
    difficulty, sensitivity, licence, author, probe_family, probe_variant, metadata, html,
    html_version, created_at)
SELECT %(project)s, %(kind)s || '-' || i, jsonb_build_array(jsonb_build_object('role', 'user',
        'content', a.said || ' (' || i || ')')), md5(%(kind)s || i) || md5(%(kind)s || i),
    'category ' || i %% 40, 'en', '', '[]', '', '', '', '', '{}', '', 0, now()
FROM generate_series(1, %(tasks)s) i JOIN phrases a ON a.n = 1 + i * 7 %% 400 ORDER BY i;
INSERT INTO labeling_response (prompt_id, external_id, content, messages, model, model_version,
    decoding, batch, is_human, html, html_version)
SELECT p.id, 'r-' || k, a.said || E'\\n\\n' || b.said || ' ' || p.id || k,
    CASE WHEN %(kind)s = 'compare' AND p.id %% 10 = 0 THEN jsonb_build_array(jsonb_build_object(
        'role', 'assistant', 'content', a.said, 'images', jsonb_build_array(jsonb_build_object(
        'sha256', md5('a' || 1 + (p.id + k) %% 200) || md5('b' || 1 + (p.id + k) %% 200),
        'width', 2048, 'height', 1536)))) ELSE '[]' END,
    'model-' || (p.id + k * 3) %% 12, '', '{}', '', false, '', 0
FROM labeling_prompt p CROSS JOIN generate_series(0, %(size)s - 1) k
JOIN phrases a ON a.n = 1 + (p.id * 3 + k * 11) %% 400
JOIN phrases b ON b.n = 1 + (p.id * 17 + k * 29) / 5 %% 400
WHERE p.project_id = %(project)s AND p.external_id LIKE %(kind)s || '-%%' ORDER BY p.id, k;
INSERT INTO labeling_task (project_id, prompt_id, external_id, kind, purpose, response_ids,
    overlap, open_slots, priority, queue_key, model_votes, created_at)
SELECT %(project)s, p.id, p.external_id, %(kind)s, 'live', COALESCE(
    (SELECT array_agg(r.id ORDER BY r.id) FROM labeling_response r WHERE r.prompt_id = p.id), '{}'),
    %(judges)s, CASE WHEN substr(p.group_key, 1, 1) = '0' THEN %(judges)s ELSE 0 END, 0,
    ('x' || substr(p.group_key, 1, 11))::bit(44)::bigint, '[]', now()
FROM labeling_prompt p
WHERE p.project_id = %(project)s AND p.external_id LIKE %(kind)s || '-%%' ORDER BY p.id;
"""

# A sixteenth of the tasks wait; the others have all their raters, so that every two meet on some.
_JUDGED = """
INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
    shown_order, guideline_id, rubric_id, purpose, strategy, selection_probability, skip_reason,
    skip_note, created_at, opened_at, submitted_at)
SELECT j.id, %(project)s, crowd.id, 'submitted', now(), COALESCE((SELECT array_agg((s + x + k)
        %% %(size)s ORDER BY s) FROM generate_series(0, %(size)s - 1) s), '{}'),
    %(guideline)s, %(rubric)s, 'live', 'uniform', 1, '', '', t.at - '1 min'::interval,
    t.at - '1 min'::interval, t.at
FROM (SELECT id, hashint8extended(id, 1) & 1073741823 AS x,
        hashint8extended(id, 2) & 1073741823 AS y, hashint8extended(id, 3) & 1073741823 AS z
    FROM labeling_task
    WHERE project_id = %(project)s AND kind = %(kind)s AND reviews_id IS NULL AND open_slots = 0) j
CROSS JOIN generate_series(0, %(judges)s - 1) k
CROSS JOIN LATERAL (SELECT now() - interval '40 days' * random() AS at) t
JOIN crowd ON crowd.i = (x + CASE k WHEN 0 THEN 0 WHEN 1 THEN 1 + y %% (%(raters)s / 3)
    ELSE 1 + %(raters)s / 3 + z %% (%(raters)s / 3) END) %% %(raters)s
ORDER BY t.at;
"""

_JUDGMENTS = """
INSERT INTO labeling_judgment (assignment_id, task_id, project_id, rater_id, guideline_id,
    rubric_id, is_current, withdrawn, fingerprint, purpose, strategy, selection_probability, source,
    rationale, principles, flags, active_ms, idle_ms, times_cut, ui_version, created_at)
SELECT a.id, a.task_id, a.project_id, a.rater_id, a.guideline_id, a.rubric_id, true, false, '',
    a.purpose, a.strategy, 1, 'human',
    CASE WHEN a.id %% 10 = 0 THEN 'The first is right, the second says too much. ' || a.id
    ELSE '' END, '[]', CASE WHEN a.id %% 500 = 0 THEN '["unsafe"]'::jsonb ELSE '[]' END,
    5000 + a.id %% 60000, 0, false, 'compare-1', a.submitted_at
FROM labeling_assignment a LEFT JOIN labeling_judgment j ON j.assignment_id = a.id
WHERE a.project_id = %(project)s AND a.state = 'submitted' AND j.id IS NULL ORDER BY a.id;
"""

_ANSWERS = """
CREATE TEMP TABLE given AS
SELECT g.id, t.kind, t.reviews_id, t.response_ids, (hashint8extended(t.id, 5) & 65535) / 65535.0 * 4
    - 2 AS lean FROM labeling_judgment g JOIN labeling_task t ON t.id = g.task_id
WHERE g.project_id = %(project)s;
INSERT INTO labeling_answer (judgment_id, criterion_id, value, tie_kind, unsaid, side_only)
SELECT id, %(overall)s, value, CASE WHEN value = 0 THEN 'equal_good' ELSE '' END, '', false
FROM given, LATERAL (SELECT greatest(-3, least(3, round(lean
    + (random() + random() + random() - 1.5) * 2.4)))::int AS value) v
WHERE kind = 'compare' ORDER BY id;
INSERT INTO labeling_answer (judgment_id, criterion_id, response_id, value, tie_kind, unsaid,
    side_only)
SELECT id, %(order)s, response_ids[i], dense_rank() OVER (PARTITION BY id ORDER BY place), '', '',
    false
FROM (SELECT id, response_ids, i, round(i + random() * 6) AS place
    FROM given, generate_series(1, 9) i WHERE kind = 'rank') places ORDER BY id, i;
INSERT INTO labeling_answer (judgment_id, criterion_id, response_id, value, tie_kind, unsaid,
    side_only)
SELECT id, criterion, response_ids[1], value, '', '', false
FROM given, LATERAL (VALUES
    (%(clarity)s, greatest(1, least(5, round(2 + lean + random() * 2)))),
    (%(harmful)s, (random() < .05)::int)) v (criterion, value)
WHERE kind = 'rate' AND reviews_id IS NULL ORDER BY id;
INSERT INTO labeling_answer (judgment_id, criterion_id, response_id, principle_id, value, tie_kind,
    unsaid, side_only)
SELECT given.id, %(rule)s, response_ids[1], p.id, greatest(-2, least(2, round(lean + random() * 2
    - .5))), '', '', false
FROM given, projects_principle p
WHERE kind = 'rule' AND p.guideline_id = %(guideline)s ORDER BY given.id;
INSERT INTO labeling_span (judgment_id, response_id, message, start, "end", polarity, criterion_id,
    flag, principle_id, note)
SELECT id, response_ids[1], 0, (random() * 40)::int, 60 + (random() * 40)::int,
    CASE WHEN id %% 2 = 0 THEN 'fault' ELSE 'praise' END, %(overall)s, '', NULL, ''
FROM given WHERE kind = 'compare' AND hashint8(id) %% 4 = 0 ORDER BY id;
"""

# A text is a response of its judgment; another rater reviews it.
_TEXTS = """
INSERT INTO labeling_writing (judgment_id, typed, pasted, declared_assist)
SELECT id, 900, id %% 3 * 40, false FROM given WHERE kind = 'write';
INSERT INTO labeling_response (prompt_id, external_id, content, messages, model, model_version,
    decoding, batch, is_human, author_id, judgment_id, html, html_version)
SELECT t.prompt_id, 'written-' || g.id, a.said || E'\\n\\n' || g.id, '[]', '', '', '{}', '', true,
    j.rater_id, g.id, '', 0
FROM given g JOIN labeling_judgment j ON j.id = g.id JOIN labeling_task t ON t.id = j.task_id
JOIN phrases a ON a.n = 1 + g.id %% 400 WHERE g.kind = 'write' ORDER BY g.id;
INSERT INTO labeling_task (project_id, prompt_id, external_id, kind, purpose, reviews_id,
    response_ids, overlap, open_slots, priority, queue_key, model_votes, created_at)
SELECT %(project)s, r.prompt_id, 'review-' || r.id, 'rate', 'live', r.id, ARRAY[r.id], 1, 0, 0,
    hashint8extended(r.id, 1) & 1073741823, '[]', now()
FROM labeling_response r JOIN given g ON g.id = r.judgment_id ORDER BY r.id;
INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
    shown_order, guideline_id, rubric_id, purpose, strategy, selection_probability, skip_reason,
    skip_note, created_at, opened_at, submitted_at)
SELECT t.id, %(project)s, other.id, 'submitted', now(), '{0}', %(guideline)s, %(rubric)s, 'live',
    'uniform', 1, '', '', now(), now(), now()
FROM labeling_task t JOIN labeling_response r ON r.id = t.reviews_id
JOIN crowd me ON me.id = r.author_id JOIN crowd other ON other.i = (me.i + 1) %% %(raters)s
WHERE t.project_id = %(project)s ORDER BY t.id;
"""

# Without it the next statement meets every judgment once a review, for a quarter of an hour.
_ANALYZE = "ANALYZE labeling_response, labeling_task, labeling_assignment, labeling_judgment"

_REVIEWS = """
INSERT INTO labeling_answer (judgment_id, criterion_id, response_id, value, tie_kind, unsaid,
    side_only)
SELECT j.id, criterion, t.reviews_id, value, '', '', false
FROM labeling_judgment j JOIN labeling_task t ON t.id = j.task_id,
    LATERAL (VALUES (%(decision)s, (random() * 2)::int), (%(score)s, 1 + (random() * 6)::int))
        v (criterion, value)
WHERE j.project_id = %(project)s AND t.reviews_id IS NOT NULL ORDER BY j.id;
"""


def _fill(names: dict[str, object], judgments: Mapping[str, int]) -> None:
    with transaction.atomic():
        scale_fill.resting(_TABLES)
        for statements in (scale_fill.TEXTS, scale_fill.PEOPLE, _PICTURES):
            scale_fill.run(statements, **names)
        for kind, (size, judges, what) in _SHAPES.items():
            tasks = judgments[what] * 16 // 15 // judges
            shape = {"kind": kind, "size": size, "judges": judges, "tasks": tasks}
            for statements in (_TASKS, _JUDGED):
                scale_fill.run(statements, **names, **shape)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE labeling_prompt, labeling_response, labeling_task")
        for statements in (_JUDGMENTS, _ANSWERS, _TEXTS, _JUDGMENTS, _ANALYZE, _REVIEWS):
            scale_fill.run(statements, **names)
        scale_fill.run("SET CONSTRAINTS ALL IMMEDIATE")
        scale_fill.resting(_TABLES, awake=True)


def main(out: str, *, raters: int, judgments: Mapping[str, int]) -> None:
    """Fill the instance and write what the walk needs to `out`, as JSON."""
    people = {role: create_user(email=f"{role}@bench.example", name=role.title()) for role in Role}
    lead = people[Role.LEAD]
    project = create_project(
        name="Every kind",
        created_by=lead,
        criteria=_CRITERIA,
        guideline=GuidelineSpec(text="Prefer what helps.", principles=_RULES),
    )
    guideline = project.guidelines.get()
    for role, user in people.items():
        set_member(project=project, user=user, role=role)
        acknowledge(user=user, guideline=guideline)
    rng = random.Random(1)
    names = {
        "project": project.pk,
        "guideline": guideline.pk,
        "rubric": project.rubric_versions.get().pk,
        "lead": lead.pk,
        "raters": raters,
        "texts": [words(rng, 40) for _ in range(400)],
        **{c.key: c.pk for c in project.criteria.all()},
    }
    _fill(names, judgments)
    scale_fill.run("VACUUM ANALYZE")
    names |= scale_fill.jobs(project, lead)
    with transaction.atomic():
        scale_fill.run(scale_fill.REST, **names, refusals=1000, events=1000)
    scale_fill.run("VACUUM ANALYZE")
    firsts = {
        task.kind: str(task.pk) for task in project.tasks.order_by("kind", "pk").distinct("kind")
    }
    others = {
        "criterion": ["order", "clarity", "harmful", "rule"],
        "pk": [firsts[kind] for kind in _SHAPES],
        "task_id": [firsts[kind] for kind in _SHAPES],
    }
    facts = {**scale_fill.facts(project, people), "others": others}
    Path(out).write_text(json.dumps(facts))
