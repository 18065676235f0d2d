"""Jobs can be cancelled, say when they got further, and count the workers that died at them."""

from django.db import migrations, models

import labeling.vocabulary

#: What was before knows no cancelled jobs, and has no room for the word.
FAILED_AGAIN = """
UPDATE labeling_import SET state = 'failed', error = 'It was cancelled.' WHERE state = 'cancelled';
UPDATE labeling_release SET state = 'failed', error = 'It was cancelled.' WHERE state = 'cancelled';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0008_late_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="cancel_requested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="deaths",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="Workers that died at it since then."
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="progress_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it was begun, or got further; by the database.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="cancel_requested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="release",
            name="deaths",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="Workers that died at it since then."
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="progress_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it was begun, or got further; by the database.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="import",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Begun so often since it last got any further."
            ),
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default=labeling.vocabulary.JobState["PENDING"],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="release",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Begun so often since it last got any further."
            ),
        ),
        migrations.AlterField(
            model_name="release",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default=labeling.vocabulary.JobState["PENDING"],
                max_length=12,
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FAILED_AGAIN),
    ]
