"""Each option is asked for at three doors, which take its words and limits from one description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.http import QueryDict

from labeling.datasets.recipes import OptionError, RecipeOptions
from labeling.datasets.recipes.choices import (
    Amount,
    Categories,
    Choice,
    Count,
    Share,
    Switch,
    Versions,
    Words,
)
from labeling.datasets.recipes.options import CHOICES, DEFAULTS
from labeling.models import Prompt
from labeling.releases.flags import add_choices, read_choices
from labeling.releases.forms import FILTERS, ReleaseForm, field_name
from labeling.releases.serializers import NewReleaseSerializer, RecipeOptionsSerializer, asked
from projects.guidelines.services import publish_guideline
from projects.models import Project, User
from projects.project_templates import GuidelineSpec
from tests.conftest import MakeTasks

#: Asks for a value of the option of that name; None where the door refuses it.
Door = Callable[[Project, str, Any], RecipeOptions | None]


def by_form(project: Project, name: str, value: Any) -> RecipeOptions | None:
    """The screen, which takes shares in per cent."""
    choice = CHOICES[name]
    data = QueryDict(mutable=True)
    shape = {"recipe": "majority", "format": "native", "train": 80, "validation": 10, "test": 10}
    data.update({key: str(part) for key, part in shape.items()})
    if isinstance(choice, Switch):
        data.update({field_name(name, choice): "on"} if value != getattr(DEFAULTS, name) else {})
    else:
        words = [word * 100 if isinstance(choice, Share) else word for word in _listed(value)]
        data.setlist(field_name(name, choice), [str(word) for word in words])
    form = ReleaseForm(project, data)
    return form.options().choices if form.is_valid() else None


def by_body(project: Project, name: str, value: Any) -> RecipeOptions | None:
    """The API."""
    serializer = NewReleaseSerializer(data={"recipe": "majority", "options": {name: value}})
    if not serializer.is_valid():
        return None
    choices: RecipeOptions = asked(serializer.validated_data)["options"].choices
    return choices


def by_flag(project: Project, name: str, value: Any) -> RecipeOptions | None:
    """The command line, whose numbers the options themselves hold to their range."""
    choice = CHOICES[name]
    flag = "--" + (choice.flag or name).replace("_", "-")
    words = [f"{flag}={word}" for word in _listed(value)]
    if isinstance(choice, Switch):
        words = [flag] if value != getattr(DEFAULTS, name) else []
    parser = CommandParser(called_from_command_line=False)
    add_choices(parser)
    try:
        return read_choices(vars(parser.parse_args(words))).checked()
    except (CommandError, OptionError):
        return None


DOORS: tuple[Door, ...] = (by_form, by_body, by_flag)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def limits_of(choice: Choice) -> tuple[list[Any], list[Any]]:
    """Values at the ends of what may be chosen, and values beyond them."""
    match choice:
        case Count():
            return [0, 1, choice.most], [-1, "many"]
        case Share():
            return [0.0, 0.5, 1.0], [-0.5, 1.5, "many"]
        case Amount():
            return [0.0, 0.5, float(choice.most)], [-0.5, "many"]
        case Versions():
            return [[1], [1, 2]], [[-1], ["first"]]
        case Categories():
            return [[""], ["", "chat"], ["c" * choice.longest]], []
        case Switch():
            return [True, False], []
        case Words():
            return [[str(word)] for word in choice.words], [["nobody"]]
        case _:
            # The command line says "as the recipe does" by saying nothing.
            return [word for word in choice.words if word], ["perhaps"]


@pytest.fixture
def project(project: Project, lena: User, make_tasks: MakeTasks) -> Project:
    """A project with something to choose: two guideline versions and three categories."""
    publish_guideline(
        project=project, published_by=lena, spec=GuidelineSpec("Be kind.", change_note="Kinder.")
    )
    make_tasks(project, 3)
    longest = max(choice.longest for choice in CHOICES.values() if isinstance(choice, Categories))
    for name, category in (("t1", "chat"), ("t2", "c" * longest)):
        Prompt.objects.filter(project=project, external_id=name).update(category=category)
    return project


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", CHOICES)
def test_a_door_takes_every_option_up_to_its_limits(project: Project, name: str, door: Door):
    taken, beyond = limits_of(CHOICES[name])
    for value in taken:
        setting: dict[str, Any] = {name: frozenset(value) if isinstance(value, list) else value}
        assert door(project, name, value) == RecipeOptions(**setting)
    for value in beyond:
        assert door(project, name, value) is None


def too_much(choice: Choice) -> Any:
    """What is taken for a slip where it is typed; None for an option that has no such end."""
    match choice:
        case Count() | Amount():
            return choice.most + 1
        case Categories():
            return ["c" * (choice.longest + 1)]
        case _:
            return None


@pytest.mark.parametrize("door", [by_form, by_body])
@pytest.mark.parametrize("name", [name for name in CHOICES if too_much(CHOICES[name])])
def test_what_is_typed_has_an_upper_end(project: Project, name: str, door: Door):
    slip = too_much(CHOICES[name])
    assert door(project, name, slip) is None
    assert by_flag(project, name, slip) is not None


@pytest.mark.parametrize("door", DOORS)
def test_nothing_asked_for_is_the_default(project: Project, door: Door):
    assert door(project, "edits", True) == RecipeOptions()


def test_the_doors_have_no_words_of_their_own(project: Project):
    form = ReleaseForm(project)
    document = RecipeOptionsSerializer().fields
    parser = CommandParser()
    add_choices(parser)
    flags = {action.dest: action.help for action in parser._actions}
    assert list(document) == list(CHOICES)
    for name, choice in CHOICES.items():
        field = form.fields[field_name(name, choice)]
        assert (str(field.label), str(field.help_text)) == (choice.label, choice.help)
        assert (document[name].help_text or "") == choice.document
        assert flags[choice.flag or name] == choice.brief
    assert set(form.fields) >= FILTERS
