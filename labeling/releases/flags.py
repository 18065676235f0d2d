"""The options of a recipe on the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from labeling.datasets.recipes import RecipeOptions
from labeling.vocabulary import Source


def add_choices(parser: ArgumentParser) -> None:
    """Adds a flag for every option that recipes understand."""
    _add_filters(parser)
    group = parser.add_argument_group("labels")
    group.add_argument(
        "--ties", choices=("keep", "drop"), default="", help="default: as the recipe does"
    )
    group.add_argument(
        "--soft",
        choices=("share", "posterior"),
        default="share",
        help="what `chosen_prob` is: the share of the votes, or a model's posterior",
    )
    group.add_argument(
        "--no-edits", action="store_true", help="make no pairs of responses that people edited"
    )
    group.add_argument(
        "--source",
        action="append",
        default=[],
        choices=list(Source),
        help="whose judgments take part (default: human)",
    )


def _add_filters(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("filters")
    group.add_argument(
        "--min-strength", type=int, default=0, metavar="N", help="leave weaker answers out"
    )
    group.add_argument(
        "--min-votes", type=int, default=0, metavar="N", help="leave tasks with fewer votes out"
    )
    group.add_argument(
        "--min-agreement",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="leave tasks out where a smaller share of the votes agrees, 0 to 1",
    )
    group.add_argument(
        "--guideline-version",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="only judgments under this version; may be given several times",
    )
    group.add_argument(
        "--category",
        action="append",
        default=[],
        help="only tasks of this category; may be given several times",
    )
    group.add_argument(
        "--adjudicated-only", action="store_true", help="only a reviewer's final word"
    )


def read_choices(options: Mapping[str, Any]) -> RecipeOptions:
    """The options that the flags say."""
    return RecipeOptions(
        min_strength=options["min_strength"],
        min_votes=options["min_votes"],
        min_agreement=options["min_agreement"],
        guideline_versions=frozenset(options["guideline_version"]),
        categories=frozenset(options["category"]),
        adjudicated_only=options["adjudicated_only"],
        ties=options["ties"],
        soft=options["soft"],
        edits=not options["no_edits"],
        sources=frozenset(options["source"] or [Source.HUMAN.value]),
    )
