"""What raters say of themselves if they like: new, empty tables under keys of their own."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TABLES = ("labeling_profileform", "labeling_profileconsent")
GUARD = "".join(
    f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();
    """
    for table in _TABLES
)
UNGUARD = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in _TABLES)


def _id() -> tuple[str, models.BigAutoField]:
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _to(table: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, to=table, **{"related_name": "+", **options}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0050_talked_over"),
        ("projects", "0025_pauses_and_covers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProfileForm",
            fields=[
                _id(),
                ("number", models.PositiveIntegerField()),
                ("purpose", models.TextField(max_length=2000)),
                ("fields", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("project", _to("projects.project", related_name="profile_forms")),
            ],
            options={
                "ordering": ["project", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["project", "number"], name="profile_form_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        primary_key=True, default=uuid.uuid4, editable=False, serialize=False
                    ),
                ),
                ("answers", models.JSONField()),
                ("form", _to("labeling.profileform", related_name="profiles")),
            ],
        ),
        migrations.CreateModel(
            name="ProfileLink",
            fields=[
                _id(),
                ("since", models.DateTimeField()),
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link",
                        to="labeling.profile",
                    ),
                ),
                ("project", _to("projects.project")),
                ("user", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["project", "user"], name="one_profile_per_project"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileConsent",
            fields=[
                _id(),
                ("agrees", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("form", _to("labeling.profileform", related_name="consents")),
                ("user", _to(settings.AUTH_USER_MODEL)),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
