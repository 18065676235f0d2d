"""A row for each process that is at work, which it writes itself."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0005_order_of_the_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("worker", "Worker"),
                            ("beat", "Beat"),
                            ("sweep", "Sweep"),
                        ],
                        max_length=8,
                    ),
                ),
                ("host", models.CharField(max_length=160)),
                ("pid", models.PositiveIntegerField()),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "seen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("memory", models.PositiveBigIntegerField(help_text="Resident bytes.")),
                ("detail", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["kind", "name"],
            },
        ),
    ]
