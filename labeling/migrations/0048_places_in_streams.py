"""Where a rater's stream is seeded from, and what parts its checks: empty columns of a small table.

Streams that were begun keep the seed that they had.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0052_answers_being_changed")]

    operations = [
        migrations.AddField("raterstream", "place", models.PositiveIntegerField(null=True)),
        migrations.AddField("raterstream", "parted_by", models.BigIntegerField(null=True)),
    ]
