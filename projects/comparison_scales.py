"""Scales that compare two responses; pure, no Django."""

from __future__ import annotations

from projects.scale import EQUAL_BAD, EQUAL_GOOD, Option, Scale
from projects.words import gettext_noop as _

_HELPFUL = _(
    "Considering both model responses, which is better (helpful while also being safe and honest), "
    "Model A or Model B?"
)

COMPARISON_SCALES = (
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
    Scale(
        key="llama3_4",
        title=_("Llama 3, forced choice with four strengths"),
        question=_("Which response is better, and by how much?"),
        options=(
            Option(-4, _("A is significantly better")),
            Option(-3, _("A is better")),
            Option(-2, _("A is slightly better")),
            Option(-1, _("A is marginally better")),
            Option(1, _("B is marginally better")),
            Option(2, _("B is slightly better")),
            Option(3, _("B is better")),
            Option(4, _("B is significantly better")),
        ),
        grades={"negligible": 1, "slight": 2, "plain": 3, "much": 4},
        source="Dubey et al. 2024, Llama 3 (arXiv:2407.21783), section 4.2.1",
    ),
    Scale(
        key="summ9",
        title=_("Summarisation, nine steps of confidence"),
        question=_("Which summary is better, and how sure are you?"),
        options=(
            Option(-4, _("A is better, almost certain")),
            Option(-3, _("A is better, very likely")),
            Option(-2, _("A is better, likely")),
            Option(-1, _("A is better, perhaps")),
            Option(0, _("Uncertain"), EQUAL_GOOD),
            Option(1, _("B is better, perhaps")),
            Option(2, _("B is better, likely")),
            Option(3, _("B is better, very likely")),
            Option(4, _("B is better, almost certain")),
        ),
        source="In the style of Stiennon et al. 2020 (arXiv:2009.01325): nine points, own words",
    ),
    Scale(
        key="multipref5",
        title=_("MultiPref, five points"),
        question=_("Which response is better?"),
        options=(
            Option(-2, _("A is clearly better")),
            Option(-1, _("A is slightly better")),
            Option(0, _("Tie"), EQUAL_GOOD),
            Option(1, _("B is slightly better")),
            Option(2, _("B is clearly better")),
        ),
        source="In the style of Miranda et al. 2024, MultiPref (arXiv:2410.19133)",
        grades={"slight": 1, "much": 2},
    ),
)
