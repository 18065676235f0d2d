"""The rules that no code path may break, as triggers: exact overlap, append-only judgments."""

from __future__ import annotations

from django.db import migrations

SLOTS = """
CREATE FUNCTION labeling_holds_slot(state text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN state IN ('leased', 'submitted') THEN 1 ELSE 0 END $$;

CREATE FUNCTION labeling_count_slots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken integer := 0;
    task bigint;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        taken := taken + labeling_holds_slot(NEW.state);
        task := NEW.task_id;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        taken := taken - labeling_holds_slot(OLD.state);
        task := OLD.task_id;
    END IF;
    IF taken <> 0 THEN
        UPDATE labeling_task SET open_slots = open_slots - taken WHERE id = task;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER labeling_assignment_slots
AFTER INSERT OR DELETE OR UPDATE OF state ON labeling_assignment
FOR EACH ROW EXECUTE FUNCTION labeling_count_slots();
"""

UNDO_SLOTS = """
DROP TRIGGER labeling_assignment_slots ON labeling_assignment;
DROP FUNCTION labeling_count_slots();
DROP FUNCTION labeling_holds_slot(text);
"""

APPEND_ONLY = """
CREATE FUNCTION labeling_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.allow_erasure', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE'
        AND TG_TABLE_NAME = 'labeling_judgment'
        AND to_jsonb(NEW) - 'is_current' = to_jsonb(OLD) - 'is_current' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: judgments are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER labeling_judgment_append_only
BEFORE UPDATE OR DELETE ON labeling_judgment
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER labeling_answer_append_only
BEFORE UPDATE OR DELETE ON labeling_answer
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();
"""

UNDO_APPEND_ONLY = """
DROP TRIGGER labeling_answer_append_only ON labeling_answer;
DROP TRIGGER labeling_judgment_append_only ON labeling_judgment;
DROP FUNCTION labeling_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [
        migrations.RunSQL(SLOTS, UNDO_SLOTS),
        migrations.RunSQL(APPEND_ONLY, UNDO_APPEND_ONLY),
    ]
