"""The body of a request for a release, and what may be chosen in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers

from labeling.datasets.fitting import fits
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.base import FILE_TYPES
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.recipes.choices import (
    Amount,
    Categories,
    Choice,
    Count,
    Share,
    Switch,
    Versions,
    Word,
    Words,
)
from labeling.datasets.recipes.options import CHOICES, DEFAULTS
from labeling.datasets.splits import SPLITS
from labeling.releases.requests import ReleaseOptions
from projects.api.parsing import StrictSerializer


class SharesSerializer(StrictSerializer):
    """How prompts are split; the three add up to 1."""

    train = serializers.FloatField(min_value=0, max_value=1)
    validation = serializers.FloatField(min_value=0, max_value=1)
    test = serializers.FloatField(min_value=0, max_value=1)


class RecipeOptionsSerializer(StrictSerializer):
    """Which judgments take part and what stands beside a row; all may be left out."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """A field for every option that recipes understand."""
        return {name: _field(choice, getattr(DEFAULTS, name)) for name, choice in CHOICES.items()}


def _field(choice: Choice, default: Any) -> serializers.Field[Any, Any, Any, Any]:
    """The field of an option, each of which may be left out."""
    shared = {"default": default, "help_text": choice.document or None}
    match choice:
        case Count():
            return serializers.IntegerField(min_value=0, max_value=choice.most, **shared)
        case Share():
            return serializers.FloatField(min_value=0, max_value=1, **shared)
        case Amount():
            return serializers.FloatField(min_value=0, max_value=choice.most, **shared)
        case Versions():
            version = serializers.IntegerField(min_value=0)
            return serializers.ListField(child=version, default=list)
        case Categories():
            category = serializers.CharField(allow_blank=True, max_length=choice.longest)
            return serializers.ListField(child=category, default=list)
        case Switch():
            return serializers.BooleanField(**shared)
        case Words():
            word = serializers.ChoiceField(choices=choice.words)
            return serializers.ListField(child=word, default=sorted(default), min_length=1)
        case Word():
            return serializers.ChoiceField(choices=choice.words, **shared)
        case _:
            assert_never(choice)


class NewReleaseSerializer(StrictSerializer):
    """Which judgments become which rows, in which shape."""

    recipe = serializers.ChoiceField(choices=list(RECIPES))
    format = serializers.ChoiceField(choices=list(FORMATS), default="native")
    file_type = serializers.ChoiceField(
        choices=["", *FILE_TYPES], default="", help_text="Empty: the format's usual one."
    )
    criterion = serializers.CharField(
        default="", allow_blank=True, help_text="A criterion's key; else the primary one."
    )
    criteria = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Several keys, instead of one."
    )
    file_per_criterion = serializers.BooleanField(default=False)
    shares = SharesSerializer(required=False)
    licence = serializers.CharField(default="", allow_blank=True, max_length=80)
    options = RecipeOptionsSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of `criterion` and `criteria`."""
        if attrs["criterion"] and attrs["criteria"]:
            raise serializers.ValidationError({"criterion": [_("Give criterion or criteria.")]})
        return attrs


class DropSerializer(serializers.Serializer[Any]):
    """Rows that were left out, and why."""

    reason = serializers.CharField()
    rows = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """Rows in, rows out and every difference; nothing has been frozen."""

    unit = serializers.CharField(help_text="What a row in is.")
    rows_are = serializers.CharField(help_text="What a row out is.")
    rows_in = serializers.IntegerField()
    rows_out = serializers.IntegerField()
    dropped = DropSerializer(many=True)
    left_out = DropSerializer(many=True, help_text="Judgments that are no data at all.")
    shortened = DropSerializer(many=True, help_text="Rows that are written without a part.")
    problem = serializers.CharField(allow_blank=True)
    counted_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: with all judgments up to now. Else some are newer."
    )


class RecipeSerializer(serializers.Serializer[Any]):
    """A recipe, its policy in words, and the formats that can hold its rows."""

    key = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    reads = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the criteria do that it reads: compare, rank or rate responses.",
    )
    policy = serializers.DictField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField())


class FormatSerializer(serializers.Serializer[Any]):
    """A format, what it holds and cannot hold, and how it can be written."""

    key = serializers.CharField()
    title = serializers.CharField()
    family = serializers.CharField()
    policy = serializers.DictField(child=serializers.CharField())
    file_types = serializers.ListField(child=serializers.CharField())


class ChoicesSerializer(serializers.Serializer[Any]):
    """Everything that can be asked for."""

    recipes = RecipeSerializer(many=True)
    formats = FormatSerializer(many=True)


def choices_json() -> dict[str, Any]:
    """All recipes and formats with their policies."""
    return {
        "recipes": [
            {
                "key": key,
                "title": _(recipe.title),
                "unit": recipe.unit,
                "reads": sorted(recipe.answers),
                "policy": recipe.explain(translation),
                "formats": [name for name, shape in FORMATS.items() if fits(recipe, shape)],
            }
            for key, recipe in RECIPES.items()
        ],
        "formats": [
            {
                "key": key,
                "title": _(shape.title),
                "family": _(shape.family),
                "policy": shape.explain(translation),
                "file_types": list(shape.file_types),
            }
            for key, shape in FORMATS.items()
        ],
    }


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a checked body asks for, as the services take it."""
    named = {name: values[name] for name in ("recipe", "format", "file_type")}
    return {**named, "options": _options(values)}


def _options(values: Mapping[str, Any]) -> ReleaseOptions:
    shares = values.get("shares")
    criterion = (values["criterion"],) if values["criterion"] else ()
    return ReleaseOptions(
        criteria=tuple(values["criteria"]) or criterion,
        file_per_criterion=values["file_per_criterion"],
        shares=tuple(shares[split] for split in SPLITS) if shares else ReleaseOptions().shares,
        licence=values["licence"],
        choices=msgspec.convert(values.get("options") or {}, RecipeOptions),
    )
