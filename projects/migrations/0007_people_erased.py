"""People can be erased: their row stays without an address, under a made-up name."""

from django.db import migrations, models

#: What was before knows nobody without an address.
ADDRESSES_FOR_THE_ERASED = """
UPDATE projects_user SET email = 'erased-' || id || '@erased.invalid'
WHERE erased_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("projects", "0006_rubric_versions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="user",
            name="user_email_or_placeholder",
        ),
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, help_text="Nothing tells any more who this was.", null=True
            ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, ADDRESSES_FOR_THE_ERASED),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("email__isnull", True),
                        ("erased_at__isnull", True),
                        ("is_placeholder", True),
                    ),
                    models.Q(
                        ("email__isnull", False),
                        ("erased_at__isnull", True),
                        ("is_placeholder", False),
                    ),
                    models.Q(
                        ("email__isnull", True),
                        ("erased_at__isnull", False),
                        ("is_placeholder", False),
                    ),
                    _connector="OR",
                ),
                name="user_email_placeholder_or_erased",
            ),
        ),
    ]
