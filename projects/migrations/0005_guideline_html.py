from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_scopes_and_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="guideline",
            name="html",
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
    ]
