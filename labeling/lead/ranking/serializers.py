"""A ranking of models as the API tells it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import FigureSerializer
from labeling.lead.ranking.downloads import STYLE_READINGS
from labeling.lead.ranking.figures import TIE_READINGS


class RankingQuerySerializer(serializers.Serializer[Any]):
    """Which ranking is asked for."""

    criterion = serializers.CharField(
        required=False,
        help_text="The key of a question that compares responses; without it the primary one.",
    )
    category = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Of prompts; empty: all."
    )
    ties = serializers.ChoiceField(
        choices=list(TIE_READINGS),
        default="half",
        help_text="A tie is half a win for each, left out, or an outcome that is modelled.",
    )
    style = serializers.ChoiceField(  # type: ignore[assignment]
        choices=list(STYLE_READINGS),
        default="raw",
        help_text="As judged, or with length and formatting held equal.",
    )


class FewSerializer(serializers.Serializer[Any]):
    """A model that is not ranked."""

    model = serializers.CharField()
    n = serializers.IntegerField(help_text="Its comparisons with other known models.")


class UnrankedSerializer(serializers.Serializer[Any]):
    """What is in no figure."""

    unnamed = serializers.IntegerField(help_text="Comparisons with a model that is not known.")
    own = serializers.IntegerField(help_text="Comparisons of a model with itself.")
    few = FewSerializer(many=True, help_text="Models with too few comparisons for a place.")


class RankedModelSerializer(serializers.Serializer[Any]):
    """A model in the ranking."""

    model = serializers.CharField()
    rank = serializers.IntegerField(
        allow_null=True, help_text="1 + how many of its island have an interval wholly above."
    )
    strength = FigureSerializer(help_text="Log-odds, mean 0 within its island.")
    win_rate = FigureSerializer(
        help_text="Expected score against the others of its island, each as likely."
    )
    group = serializers.CharField(
        allow_blank=True,
        help_text="Models that share a letter are not separable; several where groups overlap, "
        "with spaces between them where there are more groups than letters.",
    )
    island = serializers.IntegerField(
        help_text="Strengths of different islands cannot be compared."
    )
    comparisons = serializers.IntegerField()


class CrossedSerializer(serializers.Serializer[Any]):
    """Two models that met."""

    a = serializers.CharField(help_text="The one that stands higher as judged, ties half.")
    b = serializers.CharField()
    win_rate = FigureSerializer(help_text="Of `a` against `b`.")
    wins = serializers.FloatField(help_text="Of `a`; pairs of a ranking weigh less than one.")
    ties = serializers.FloatField()
    losses = serializers.FloatField()


class TopSerializer(serializers.Serializer[Any]):
    """The two best, and how far they are apart."""

    first = serializers.CharField()
    second = serializers.CharField()
    gap = FigureSerializer(help_text="Difference in strength, with its own interval.")
    is_decided = serializers.BooleanField(help_text="They share no letter.")


class CategoryModelSerializer(serializers.Serializer[Any]):
    """A model in one category."""

    model = serializers.CharField()
    win_rate = FigureSerializer()
    group = serializers.CharField(allow_blank=True)


class CategoryRankingSerializer(serializers.Serializer[Any]):
    """The ranking in one category, ties half, style held equal where that can be told."""

    category = serializers.CharField()
    comparisons = serializers.IntegerField()
    style = serializers.ChoiceField(  # type: ignore[assignment]
        choices=list(STYLE_READINGS)
    )
    models = CategoryModelSerializer(many=True)
    reason = serializers.CharField(allow_null=True)


class CategoryCountSerializer(serializers.Serializer[Any]):
    """A category that comparisons are of."""

    name = serializers.CharField()
    n = serializers.IntegerField(help_text="Comparisons.")


class RankingSerializer(serializers.Serializer[Any]):
    """Models as judgments rank them."""

    criterion = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    ties = serializers.ChoiceField(choices=list(TIE_READINGS))
    style = serializers.ChoiceField(choices=list(STYLE_READINGS))  # type: ignore[assignment]
    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: at this moment. Large projects: in the background."
    )
    newer = serializers.IntegerField(help_text="Judgments since, which are in no figure.")
    comparisons = serializers.IntegerField(
        help_text="Of two known models; a ranking gives several."
    )
    tied = serializers.IntegerField()
    prompts = serializers.IntegerField()
    styled = serializers.IntegerField(
        help_text="Comparisons whose texts were read; in very large projects a sample of prompts."
    )
    left_out = UnrankedSerializer()
    categories = CategoryCountSerializer(many=True)
    models = RankedModelSerializer(many=True, help_text="Best first within each island.")
    matrix = CrossedSerializer(
        many=True, help_text="Every two models that met; above 50 models neighbours alone."
    )
    matrix_is_whole = serializers.BooleanField()
    effects = serializers.DictField(
        child=FigureSerializer(),
        help_text="At equal style: the change in log-odds where only one response has any.",
    )
    length_only = FigureSerializer(
        allow_null=True, help_text="How often the longer response is the preferred one."
    )
    method = serializers.CharField(
        allow_blank=True, help_text="The model and how its intervals are made; empty: no ranking."
    )
    top = TopSerializer(allow_null=True)
    by_category = CategoryRankingSerializer(many=True, help_text="The 8 with most comparisons.")
    reason = serializers.CharField(
        allow_null=True, help_text="Why there is no order of all, naming who is apart."
    )
