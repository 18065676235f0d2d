"""Which tie it is belongs to each answer, with room for answers that are no number.

The judgment's kind goes to its primary answer. A 0 on another criterion never said which tie it
was. It was "equally good" where that can be shown: it was given here, on a scale with one 0 alone,
in a project that never offered its raters another tie (a change of settings is in the audit log).
Anywhere else it is not known. Two statements over the whole tables, in one transaction; the
append-only triggers are off for these alone, and TRUNCATE is refused from here on.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

TIES = ["equal_good", "equal_bad", "cannot_tell", "unspecified"]
UNSAID = ["unsure", "not_applicable"]

OPEN = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE labeling_judgment DISABLE TRIGGER labeling_judgment_append_only;
ALTER TABLE labeling_answer DISABLE TRIGGER labeling_answer_append_only;
"""

CLOSE = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE labeling_answer ENABLE TRIGGER labeling_answer_append_only;
ALTER TABLE labeling_judgment ENABLE TRIGGER labeling_judgment_append_only;
"""


FILL = """
WITH silent AS (
    SELECT id FROM projects_project AS project
    WHERE NOT allow_both_bad AND NOT allow_cannot_tell AND NOT EXISTS (
        SELECT 1 FROM projects_auditevent AS event WHERE event.project_id = project.id
            AND event.detail ?| ARRAY['allow_both_bad', 'allow_cannot_tell']
    )
)
UPDATE labeling_answer AS answer
SET tie_kind = CASE
    WHEN criterion.is_primary THEN COALESCE(NULLIF(judgment.tie_kind, ''), 'unspecified')
    WHEN criterion.scale_key IN ('llama_eval7', 'webgpt5') AND judgment.strategy <> 'imported'
        AND criterion.project_id IN (SELECT id FROM silent) THEN 'equal_good'
    ELSE 'unspecified' END
FROM labeling_judgment AS judgment, projects_criterion AS criterion
WHERE answer.value = 0 AND answer.response_id IS NULL
    AND judgment.id = answer.judgment_id AND criterion.id = answer.criterion_id;

-- A tie stood for the primary 0 even where no such answer was written beside it.
INSERT INTO labeling_answer (judgment_id, criterion_id, value, tie_kind, unsaid, side_only)
SELECT judgment.id, criterion.id, 0, judgment.tie_kind, '', false
FROM labeling_judgment AS judgment
JOIN projects_criterion AS criterion
    ON criterion.project_id = judgment.project_id AND criterion.is_primary
WHERE judgment.tie_kind <> '' AND NOT EXISTS (
    SELECT 1 FROM labeling_answer AS answer
    WHERE answer.judgment_id = judgment.id AND answer.criterion_id = criterion.id
);
"""

UNFILL = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM labeling_answer WHERE value IS NULL OR principle_id IS NOT NULL) THEN
        RAISE EXCEPTION 'There are answers that are no number or cite a principle; '
            'what was before has no place for them.';
    END IF;
END $$;

UPDATE labeling_judgment AS judgment SET tie_kind = answer.tie_kind
FROM labeling_answer AS answer JOIN projects_criterion AS criterion
    ON criterion.id = answer.criterion_id AND criterion.is_primary
WHERE answer.judgment_id = judgment.id AND answer.response_id IS NULL
    AND answer.tie_kind NOT IN ('', 'unspecified');

-- What was said under the newer fingerprint is nothing that the older one could be compared with.
UPDATE labeling_judgment SET fingerprint = '' WHERE fingerprint LIKE '2:%';
"""

NO_TRUNCATE = """
CREATE FUNCTION labeling_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.allow_erasure', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % refused: judgments are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER labeling_judgment_no_truncate
BEFORE TRUNCATE ON labeling_judgment
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();

CREATE TRIGGER labeling_answer_no_truncate
BEFORE TRUNCATE ON labeling_answer
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

ALLOW_TRUNCATE = """
DROP TRIGGER labeling_answer_no_truncate ON labeling_answer;
DROP TRIGGER labeling_judgment_no_truncate ON labeling_judgment;
DROP FUNCTION labeling_refuse_truncate();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0003_room_for_turns_votes_and_sides"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="answer", name="one_answer_per_question"),
        migrations.AddField(
            model_name="answer",
            name="tie_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("equal_good", "Equal good"),
                    ("equal_bad", "Equal bad"),
                    ("cannot_tell", "Cannot tell"),
                    ("unspecified", "Unspecified"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="unsaid",
            field=models.CharField(
                blank=True,
                choices=[("unsure", "Unsure"), ("not_applicable", "Not applicable")],
                db_default="",
                default="",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="principle",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="projects.principle",
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="value",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="judgment",
            name="fingerprint",
            field=models.CharField(blank=True, max_length=72),
        ),
        migrations.RunSQL(OPEN, CLOSE),
        migrations.RunSQL(FILL, UNFILL),
        migrations.RunSQL(CLOSE, OPEN),
        migrations.RemoveField(model_name="judgment", name="tie_kind"),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=["judgment", "criterion", "response", "principle"],
                name="one_answer_per_question",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=Q(tie_kind="")
                | Q(tie_kind__in=TIES, value=0, value__isnull=False, response__isnull=True),
                name="tie_is_a_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=Q(unsaid="", value__isnull=False)
                | Q(unsaid__in=UNSAID, value__isnull=True),
                name="value_or_why_not",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=Q(principle__isnull=False), fields=["principle"], name="answer_principle"
            ),
        ),
        migrations.RunSQL(NO_TRUNCATE, ALLOW_TRUNCATE),
    ]
