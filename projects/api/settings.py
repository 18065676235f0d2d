"""The settings of a project as requests carry them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.api.parsing import StrictSerializer
from projects.models import Project
from projects.models.projects import (
    LONGEST_EDIT_WINDOW,
    LONGEST_STRETCH,
    MOST_CHECK_IN_DAYS,
    MOST_CHECKS,
)
from projects.models.stages import MOST_STAGE_TASKS


def check_not_nan(value: float) -> None:
    """Raises ValidationError for what compares with no number (NaN)."""
    if value != value:
        raise serializers.ValidationError(_("A valid number is required."))


_SHARE: dict[str, Any] = {
    "required": False,
    "min_value": 0.01,
    "max_value": 0.99,
    "validators": [check_not_nan],
}


class SettingsSerializer(StrictSerializer):
    """Settings that may change while people work; what is left out stays."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    overlap = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        help_text="Of tasks that are imported from now on; `change_task` changes others.",
    )
    overlap_where_split = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=2,
        max_value=100,
        help_text="Once all raters of a task are further apart than `split_beyond`, so many get "
        "it.",
    )
    split_beyond = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        help_text="In steps of the primary question's scale; 0 is any difference.",
    )
    lease_minutes = serializers.IntegerField(required=False, min_value=1, max_value=24 * 60)
    edit_window_minutes = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LONGEST_EDIT_WINDOW,
        help_text="For how long a rater may change an answer, whatever came after it. 0: the last "
        "act alone can be taken back, as always.",
    )
    rater_limit = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    share_limit = serializers.FloatField(
        required=False,
        allow_null=True,
        min_value=0.01,
        max_value=1,
        validators=[check_not_nan],
        help_text="The largest share of all judgments that the tasks ask for that one rater gives.",
    )
    daily_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Tasks of one rater a day, by the rater's own time zone.",
    )
    weekly_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Tasks of one rater from Monday to Sunday, by the rater's own time zone.",
    )
    severe_hourly_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Tasks of one rater in an hour of what rows call `severe`.",
    )
    severe_daily_limit = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    support_url = serializers.URLField(
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="Where raters find somebody to talk to; http or https.",
    )
    covered_texts = serializers.ChoiceField(
        choices=Project.CoveredTexts.choices,
        required=False,
        help_text="Whose texts raters open themselves: of rows that name topics (`any`), of those "
        "that are called `severe`, or of `none`.",
    )
    break_minutes = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LONGEST_STRETCH,
        help_text="Minutes of unbroken work after which the desk proposes a pause; 0: never.",
    )
    severe_break_minutes = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LONGEST_STRETCH,
        help_text="The same, of work on tasks that rows call `severe`.",
    )
    check_in_days = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_CHECK_IN_DAYS,
        help_text="After how many days raters are asked again how they are; 0: never.",
    )
    tie_policy = serializers.ChoiceField(choices=Project.TiePolicy.choices, required=False)
    overall_pass = serializers.ChoiceField(
        choices=Project.OverallPass.choices,
        required=False,
        allow_blank=True,
        help_text="Whether a comparison's primary question comes with the others (empty), or in a "
        "later task of its own: for the `same` raters, or for `others`. Of tasks that are imported "
        "from now on.",
    )
    allow_both_bad = serializers.BooleanField(required=False)
    allow_cannot_tell = serializers.BooleanField(required=False)
    rationale_required = serializers.BooleanField(required=False)
    edit_winner = serializers.BooleanField(
        required=False, help_text="Raters may improve the response that they prefer."
    )
    allow_paste = serializers.BooleanField(
        required=False, help_text="Whether the editors of texts take what is pasted."
    )
    is_sensitive = serializers.BooleanField(required=False)
    gold_rate = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=MOST_CHECKS,
        validators=[check_not_nan],
        help_text="Which share of a rater's tasks is gold.",
    )
    repeat_rate = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=MOST_CHECKS,
        validators=[check_not_nan],
        help_text="Which share of a rater's tasks comes a second time.",
    )
    anchors_per_batch = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=20,
        help_text="How many of each hundred tasks of a rater are anchors.",
    )
    explains_gold = serializers.BooleanField(
        required=False, help_text="Raters read the answer and its reason after a gold task."
    )
    asks_quiz = serializers.BooleanField(
        required=False, help_text="Raters answer the worked examples before their first task."
    )
    training_tasks = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_STAGE_TASKS,
        help_text="How many tasks a rater trains on before the first live task; 0 for none.",
    )
    qualification_tasks = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_STAGE_TASKS,
        help_text="After how many tasks it is looked who passes; 0 for no qualification.",
    )
    qualification_most = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_STAGE_TASKS,
        help_text="The most tasks of one try, where fewer do not decide it.",
    )
    qualification_bar = serializers.FloatField(
        **_SHARE, help_text="The share answered rightly that a rater is to exceed."
    )
    qualification_pass = serializers.FloatField(
        **_SHARE, help_text="Who exceeds the bar at least so surely passes."
    )
    qualification_fail = serializers.FloatField(
        **_SHARE, help_text="Who exceeds the bar less surely than this does not pass yet."
    )
    qualification_retry_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=365,
        help_text="After how many days one may try again; null: a lead says when.",
    )
    qualification_asks_all = serializers.BooleanField(
        required=False, help_text="Raters who judged here already are asked as well."
    )
    is_template = serializers.BooleanField(
        required=False, help_text="It stands among the templates of those who lead it."
    )


class ProjectChangesSerializer(SettingsSerializer):
    """Settings that may change while people work; what is left out stays."""

    name = serializers.CharField(required=False, max_length=120)
    status = serializers.ChoiceField(
        choices=Project.Status.choices,
        required=False,
        help_text="A paused project hands out no tasks; an archived one is also listed last.",
    )
