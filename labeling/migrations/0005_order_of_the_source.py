"""In which order the row of a task listed its responses; unknown for tasks that are there."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0004_ties_belong_to_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="source_order",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), blank=True, null=True, size=None
            ),
        ),
    ]
