"""When members were last reminded of a guideline, and the mail that does it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_people_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("password_reset", "link to set a password"),
                    ("password_changed", "password changed"),
                    ("email_change", "link to change the address"),
                    ("email_changed", "address changed"),
                    ("token_created", "API token created"),
                    ("guideline_reminder", "a guideline to read"),
                ],
                max_length=20,
            ),
        ),
    ]
