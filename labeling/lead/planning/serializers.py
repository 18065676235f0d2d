"""A plan as the API takes and tells it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import FigureSerializer
from labeling.lead.planning.figures import BOUNDS


def _whole(name: str) -> dict[str, Any]:
    """The options of a field that is a whole number and may be left out."""
    least, most = BOUNDS[name]
    return {"required": False, "min_value": int(least), "max_value": int(most)}


def _between(name: str) -> dict[str, Any]:
    """The options of a field that is a number and may be left out."""
    least, most = BOUNDS[name]
    return {"required": False, "min_value": least, "max_value": most}


class PlanQuerySerializer(serializers.Serializer[Any]):
    """What is asked; what is left out the data, the project or what is usual say."""

    tasks = serializers.IntegerField(**_whole("tasks"), help_text="Tasks that are judged.")
    overlap = serializers.IntegerField(**_whole("overlap"), help_text="Judgments a task.")
    agreement = serializers.FloatField(
        **_between("agreement"),
        help_text="How often two raters prefer the same side, ties left out.",
    )
    tie_rate = serializers.FloatField(**_between("tie_rate"), help_text="Share of ties.")
    share = serializers.FloatField(
        **_between("share"), help_text="The win rate that is to be told from one half."
    )
    half_width = serializers.FloatField(
        **_between("half_width"), help_text="How near a share is to be known, either way."
    )
    people = serializers.IntegerField(**_whole("people"), help_text="Raters who share the work.")
    seconds = serializers.FloatField(**_between("seconds"), help_text="Time a judgment takes.")
    price = serializers.FloatField(**_between("price"), help_text="Of a judgment, in any currency.")
    price_of_task = serializers.FloatField(
        **_between("price_of_task"), help_text="What a task costs before it is judged."
    )
    budget = serializers.FloatField(**_between("budget"), help_text="What there is to spend.")


class WidthSerializer(serializers.Serializer[Any]):
    """What it takes to know a share so nearly."""

    judgments = serializers.IntegerField()
    convention = serializers.CharField()


class DetectSerializer(serializers.Serializer[Any]):
    """What it takes to tell the win rate from one half, judged as it is."""

    decided = serializers.IntegerField(help_text="Comparisons that are no ties.")
    comparisons = serializers.IntegerField(help_text="With the ties among them.")
    convention = serializers.CharField()


class NextVersionSerializer(serializers.Serializer[Any]):
    """What it takes to see agreement rise by five points from one version to the next."""

    first = serializers.FloatField()
    second = serializers.FloatField()
    pairs_each = serializers.IntegerField(help_text="Pairs of judgments under each version.")
    convention = serializers.CharField()


class CostSerializer(serializers.Serializer[Any]):
    """What it costs; null where a time or a price is not known."""

    judgments = serializers.IntegerField(help_text="Gold and repeats among them.")
    live = serializers.IntegerField()
    gold = serializers.IntegerField()
    repeats = serializers.IntegerField()
    hours = serializers.FloatField(allow_null=True)
    total = serializers.FloatField(allow_null=True)


class BoughtSerializer(CostSerializer):
    """What the tasks and judgments of the plan tell."""

    tasks = serializers.IntegerField()
    overlap = serializers.IntegerField()
    decided = serializers.IntegerField(help_text="Tasks that are no ties.")
    low = serializers.FloatField(help_text="The interval to expect around the win rate.")
    high = serializers.FloatField()
    least_share = serializers.FloatField(
        allow_null=True, help_text="The least win rate above one half that can be told from it."
    )
    accuracy = serializers.FloatField(
        allow_null=True, help_text="How often the majority of a task is right."
    )
    judgments_each = serializers.IntegerField(allow_null=True)
    hours_each = serializers.FloatField(allow_null=True)


class OverlapRowSerializer(CostSerializer):
    """What telling the win rate takes at so many judgments a task."""

    overlap = serializers.IntegerField()
    accuracy = serializers.FloatField()
    tasks = serializers.IntegerField()


class BudgetRowSerializer(serializers.Serializer[Any]):
    """What the budget buys at so many judgments a task."""

    overlap = serializers.IntegerField()
    tasks = serializers.IntegerField()
    accuracy = serializers.FloatField()
    right = serializers.FloatField(help_text="Tasks expected to have the right label.")
    cost_per_right = serializers.FloatField()
    information = serializers.FloatField(
        help_text="So many labels that are always right would tell a win rate as well."
    )


class BudgetBestSerializer(serializers.Serializer[Any]):
    """Which number of judgments a task gives most."""

    information = serializers.IntegerField()
    accuracy = serializers.IntegerField()


class BudgetSerializer(serializers.Serializer[Any]):
    """What the budget buys."""

    rows = BudgetRowSerializer(many=True)
    best = BudgetBestSerializer()
    convention = serializers.CharField()


class ExpectedSerializer(serializers.Serializer[Any]):
    """The interval to expect at so many pairs."""

    n = serializers.IntegerField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class SoFarSerializer(serializers.Serializer[Any]):
    """The agreement so far, and how its interval narrows."""

    agreement = FigureSerializer()
    expected = ExpectedSerializer(many=True)
    convention = serializers.CharField()


class PlanSerializer(serializers.Serializer[Any]):
    """A plan: what it rests on, and what it tells."""

    assumptions = serializers.DictField(child=serializers.FloatField(allow_null=True))
    origins = serializers.DictField(
        child=serializers.CharField(),
        help_text="Of each assumption: `asked`, `data`, `project` or `assumed`.",
    )
    answers = serializers.IntegerField(help_text="Answers that the share of ties rests on.")
    half_width = WidthSerializer()
    detect = DetectSerializer()
    versions = NextVersionSerializer()
    accuracy = serializers.FloatField(
        allow_null=True, help_text="How often one rater is right, by how well two agree."
    )
    reason = serializers.CharField(allow_null=True)
    plan = BoughtSerializer()
    by_overlap = OverlapRowSerializer(many=True)
    budget = BudgetSerializer(allow_null=True)
    so_far = SoFarSerializer(allow_null=True)
