"""Formats: in which shape rows are written, each with what it can and cannot carry."""

from __future__ import annotations

from itertools import groupby

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.helpsteer import HelpSteer3
from labeling.datasets.formats.hh import HH
from labeling.datasets.formats.judgments import Judgments
from labeling.datasets.formats.listwise import Listwise
from labeling.datasets.formats.llamafactory import LlamaFactory, LlamaFactoryKto, LlamaFactorySft
from labeling.datasets.formats.lmarena import LMArena
from labeling.datasets.formats.native import Native
from labeling.datasets.formats.pairs import Pairs
from labeling.datasets.formats.ratings import HelpSteer2
from labeling.datasets.formats.rules import RuleRows
from labeling.datasets.formats.trainers import Axolotl, NemoRL, OpenAI, OpenRLHF
from labeling.datasets.formats.trl import (
    TrlConversational,
    TrlConversationalImplicit,
    TrlPlain,
    TrlPlainImplicit,
)
from labeling.datasets.formats.ultrafeedback import UltraFeedback
from labeling.datasets.formats.unpaired import (
    Messages,
    PromptCompletion,
    TrlUnpaired,
    TrlUnpairedPlain,
)

#: Every format by key, in the order of the picker: one family after the other.
FORMATS: dict[str, Format] = {
    shape.key: shape
    for shape in (
        Native(),
        Judgments(),
        RuleRows(),
        TrlConversational(),
        TrlConversationalImplicit(),
        TrlPlain(),
        TrlPlainImplicit(),
        TrlUnpaired(),
        TrlUnpairedPlain(),
        PromptCompletion(),
        Messages(),
        OpenRLHF(),
        LlamaFactory(),
        LlamaFactoryKto(),
        LlamaFactorySft(),
        Axolotl(),
        NemoRL(),
        OpenAI(),
        HH(),
        HelpSteer3(),
        HelpSteer2(),
        LMArena(),
        UltraFeedback(),
        Listwise(),
        Pairs(),
    )
}
#: The formats of each family, in the same order.
FAMILIES: dict[str, tuple[Format, ...]] = {
    family: tuple(members)
    for family, members in groupby(FORMATS.values(), key=lambda shape: shape.family)
}

__all__ = ["FAMILIES", "FORMATS", "HH", "FileRow", "Format", "Native", "TaskRows"]
