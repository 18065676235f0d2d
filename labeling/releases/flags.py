"""The options of a recipe on the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, assert_never

from django.utils.translation import gettext as _

from labeling.datasets.recipes import RecipeOptions
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


def add_choices(parser: ArgumentParser) -> None:
    """Adds a flag for every option that recipes understand."""
    groups = {
        "filters": parser.add_argument_group(_("filters")),
        "labels": parser.add_argument_group(_("labels")),
    }
    for name, choice in CHOICES.items():
        words = "--" + _flag(name, choice).replace("_", "-")
        settings = _settings(choice, getattr(DEFAULTS, name))
        groups[choice.group].add_argument(words, help=_(choice.brief), **settings)


def read_choices(options: Mapping[str, Any]) -> RecipeOptions:
    """The options that the flags say."""
    return RecipeOptions(
        **{
            name: _read(choice, options[_flag(name, choice)], getattr(DEFAULTS, name))
            for name, choice in CHOICES.items()
        }
    )


def _flag(name: str, choice: Choice) -> str:
    return choice.flag or name


def _settings(choice: Choice, default: object) -> dict[str, Any]:
    """How argparse reads the flag. What is out of range is refused by `RecipeOptions.checked`."""
    match choice:
        case Count():
            return {"type": int, "default": default, "metavar": "N"}
        case Share():
            return {"type": float, "default": default, "metavar": "SHARE"}
        case Amount():
            return {"type": float, "default": default, "metavar": "NUMBER"}
        case Versions():
            return {"type": int, "action": "append", "default": [], "metavar": "N"}
        case Categories():
            return {"action": "append", "default": []}
        case Switch():
            return {"action": "store_true"}
        case Words():
            return {"action": "append", "default": [], "choices": choice.words}
        case Word():
            return {"choices": [word for word in choice.words if word], "default": default}
        case _:
            assert_never(choice)


def _read(choice: Choice, value: Any, default: Any) -> Any:
    """The option's value; nothing said is the default."""
    match choice:
        case Switch():
            return default ^ value
        case Versions() | Categories() | Words():
            return frozenset(value) or default
        case _:
            return value
