"""The scales a rater answers on, each labelled exactly as published; pure, no Django.

A preference is a signed integer: negative means the first of two responses is better, positive the
second, 0 a tie; the magnitude is the strength. Labels are what the rater reads; the stored value
never depends on them, so that they are translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.words import gettext_noop as _

EQUAL_GOOD = "equal_good"
EQUAL_BAD = "equal_bad"
CANNOT_TELL = "cannot_tell"
TIE_KINDS = (EQUAL_GOOD, EQUAL_BAD, CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Option:
    """One segment of a scale: the value it stores, the label it shows, and which tie it is.

    `lettered` is the label with A and B for the two responses, where the published one names them
    otherwise: a task whose questions differ in these names calls them by letters everywhere.
    """

    value: int
    label: str
    tie_kind: str = ""
    lettered: str = ""

    @property
    def code(self) -> str:
        """What a form posts: the value, with the kind of tie where the value alone is ambiguous."""
        return f"{self.value}:{self.tie_kind}" if self.tie_kind else str(self.value)


@dataclass(frozen=True, slots=True)
class Scale:
    """A published comparison scale.

    `answer` is the kind of answer it takes, by the key of `labeling.kinds`. `sides` are the names
    the published labels use for the two responses in the order shown;
    `ends` caption the row where the published scale has captions instead of a label a button;
    `margins` maps a strength to the margin that the publication trains with, where it states one;
    `grades` maps a word of strength in its labels (`labeling.vocabulary.Grade`) to that strength.
    """

    key: str
    title: str
    question: str
    options: tuple[Option, ...]
    source: str
    sides: tuple[str, str] = ("A", "B")
    ends: tuple[str, str] | None = None
    margins: Mapping[int, float] | None = None
    answer: str = "compare"
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def values(self) -> tuple[int, ...]:
        """The values in ascending order, each once: the declared categories of statistics."""
        return tuple(sorted({option.value for option in self.options}))

    @property
    def has_tie(self) -> bool:
        """Whether a rater may answer that the two are equally good."""
        return any(o.value == 0 and o.tie_kind != EQUAL_BAD for o in self.options)

    @property
    def has_both_bad(self) -> bool:
        """Whether the published scale itself offers that both are bad."""
        return any(option.tie_kind == EQUAL_BAD for option in self.options)

    @property
    def strongest(self) -> int:
        """The largest magnitude on the scale."""
        return max(abs(value) for value in self.values)

    def accepts(self, value: int) -> bool:
        """Whether the scale itself has this value."""
        return value in self.values


_HELPFUL = _(
    "Considering both model responses, which is better (helpful while also being safe and honest), "
    "Model A or Model B?"
)

_SCALES = (
    Scale(
        key="arena4",
        title=_("Arena, four choices"),
        question=_("Which response is better?"),
        options=(
            Option(-1, _("A is better")),
            Option(1, _("B is better")),
            Option(0, _("Tie"), EQUAL_GOOD),
            Option(0, _("Both are bad"), EQUAL_BAD),
        ),
        source="Chatbot Arena (arXiv:2403.04132)",
    ),
    Scale(
        key="hh8",
        title=_("Helpful and harmless, eight buttons"),
        question=_("Choose the most helpful and honest response"),
        options=tuple(Option(v, "A" if v < 0 else "B") for v in (-4, -3, -2, -1, 1, 2, 3, 4)),
        ends=(_("A is better"), _("B is better")),
        source="Bai et al. 2022 (arXiv:2204.05862), Figure 6",
    ),
    Scale(
        key="llama2_4",
        title=_("Llama 2, forced choice with four strengths"),
        question=_("Which response is better, and by how much?"),
        options=(
            Option(-4, _("A is significantly better")),
            Option(-3, _("A is better")),
            Option(-2, _("A is slightly better")),
            Option(-1, _("A is negligibly better / unsure")),
            Option(1, _("B is negligibly better / unsure")),
            Option(2, _("B is slightly better")),
            Option(3, _("B is better")),
            Option(4, _("B is significantly better")),
        ),
        margins={4: 3.0, 3: 2.0, 2: 1.0, 1: 0.0},
        grades={"negligible": 1, "slight": 2, "plain": 3, "much": 4},
        source="Touvron et al. 2023 (arXiv:2307.09288), section 3.2.1",
    ),
    Scale(
        key="llama_eval7",
        title=_("Llama evaluation, seven points"),
        question=_HELPFUL,
        options=(
            Option(-3, _("A is much better")),
            Option(-2, _("A is better")),
            Option(-1, _("A is slightly better")),
            Option(0, _("About the same"), EQUAL_GOOD),
            Option(1, _("B is slightly better")),
            Option(2, _("B is better")),
            Option(3, _("B is much better")),
        ),
        source="Touvron et al. 2023 (arXiv:2307.09288), appendix A.3.7",
        grades={"slight": 1, "plain": 2, "much": 3},
    ),
    Scale(
        key="helpsteer7",
        title=_("HelpSteer, seven points"),
        question=_("Which response is better overall?"),
        options=(
            Option(
                -3,
                _("Response 1 is much better than Response 2"),
                lettered=_("A is much better than B"),
            ),
            Option(-2, _("Response 1 is better than Response 2"), lettered=_("A is better than B")),
            Option(
                -1,
                _("Response 1 is slightly better than Response 2"),
                lettered=_("A is slightly better than B"),
            ),
            Option(
                0,
                _("Response 1 is about the same as Response 2"),
                EQUAL_GOOD,
                _("A is about the same as B"),
            ),
            Option(
                1,
                _("Response 2 is slightly better than Response 1"),
                lettered=_("B is slightly better than A"),
            ),
            Option(2, _("Response 2 is better than Response 1"), lettered=_("B is better than A")),
            Option(
                3,
                _("Response 2 is much better than Response 1"),
                lettered=_("B is much better than A"),
            ),
            Option(0, _("Neither response is valid"), EQUAL_BAD),
        ),
        sides=(_("Response 1"), _("Response 2")),
        source="Wang et al. 2025, HelpSteer3-Preference (arXiv:2505.11475)",
        grades={"slight": 1, "plain": 2, "much": 3},
    ),
    Scale(
        key="webgpt5",
        title=_("WebGPT, five points"),
        question=_("Which answer is better?"),
        options=(
            Option(-2, _("A much better")),
            Option(-1, _("A better")),
            Option(0, _("Equally good"), EQUAL_GOOD),
            Option(1, _("B better")),
            Option(2, _("B much better")),
        ),
        source="Nakano et al. 2021 (arXiv:2112.09332)",
        grades={"plain": 1, "much": 2},
    ),
)

SCALES: Mapping[str, Scale] = {scale.key: scale for scale in _SCALES}


def get_scale(key: str) -> Scale:
    """The scale of that key. Raises KeyError naming the known ones."""
    try:
        return SCALES[key]
    except KeyError:
        known = ", ".join(sorted(SCALES))
        raise KeyError(f"Unknown scale {key!r}; known scales: {known}.") from None
