"""Whether a project stands among the templates of those who lead it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0013_own_scales")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="is_template",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Those who lead it find it among the templates of a new project.",
            ),
        ),
    ]
