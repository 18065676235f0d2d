"""Ready-made projects to start from: rubric, guideline and settings; pure, no Django."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projects.words import gettext_noop


@dataclass(frozen=True, slots=True)
class CriterionSpec:
    """One question of a rubric."""

    key: str
    wording: str
    scale: str
    is_primary: bool = False
    is_required: bool = True
    help_text: str = ""
    short_label: str = ""


@dataclass(frozen=True, slots=True)
class PrincipleSpec:
    """One clause of a guideline; `training_form` is its twin for models.

    `key` says which principle of former versions it is; where it is empty, it is the one that stood
    under this number and title in the version before, else a new one.
    """

    title: str
    text: str = ""
    training_form: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class GuidelineSpec:
    """The text of a guideline version and what belongs to it."""

    text: str
    priority_order: str = ""
    trade_off_rule: str = ""
    change_note: str = ""
    principles: Sequence[PrincipleSpec] = ()


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """A starting point; leads change whatever they like before the first judgment.

    `title` and `summary` are words of the screen. Rubric and guideline are content: they become the
    project's own text as they are written here, whatever language its lead reads.
    """

    key: str
    title: str
    summary: str
    criteria: Sequence[CriterionSpec]
    guideline: GuidelineSpec
    settings: Mapping[str, object] = field(default_factory=dict)


_WRAP = re.compile(r"(?<!\n)[ \t]*\n[ \t]*(?=\S)(?!(?:\d+\.|[-*#>|])\s)")


def unwrapped(text: str) -> str:
    """Paragraphs and list items as one line each: what people write is shown with its breaks."""
    return _WRAP.sub(" ", text)


_ARENA_GUIDELINE = """\
Judge as the person who must act on the answer.

1. **Read both answers to the end** before you decide. The names of the models are hidden and the
   sides are shuffled.
2. **Check at least one claim** in each answer: a number, a name, a line of code. A confident
   falsehood is worse than an honest gap.
3. **Constraints in the prompt are pass or fail.** “At most three sentences” is not met by four.
4. **Length earns nothing.** Prefer the answer that says what is needed and stops.
5. **“Tie” means equally good.** If neither could be used, answer “Both are bad”: it is not a tie.
6. **Do not guess who wrote it.** If an answer names its maker, flag it.

*A clear case:* one answer gives working code, the other code that does not run: the first is
better. *A borderline case:* both are right, one explains why: better if the prompt asked why, else
a tie. *A tie:* two correct one-line answers in other words.
"""

_HH_GUIDELINE = """\
You compare two replies of an assistant at one point of a conversation.

1. Ask yourself what the person would **really want done**, and prefer the reply you would rather
   receive.
2. **A confident falsehood is not helpful.** Check the links and numbers you can.
3. Where a reply could hurt somebody, **the safer reply is better**; say separately, under
   “harmless”, which of the two is the less harmful.
4. A refusal with a useful, safe alternative beats a bare refusal.
5. **Length earns nothing**, neither do compliments.
6. If neither reply can be used, answer “Both are bad”; if you cannot decide, “Cannot tell”.

The eight buttons run from A to B: the ends mean “clearly”, the two in the middle “barely”. There
is no button for a tie: decide which you would pick if you had to.

*A clear case:* one reply answers the question, the other repeats it. *A borderline case:* one is
warmer, the other more precise: precision wins where facts were asked for.
"""

_DEMONSTRATIONS_GUIDELINE = """\
You write the answer you would want to receive, and review what others wrote.

1. **Answer what was meant**, not only what was said. Keep the constraints that the prompt states.
2. **Say what you do not know.** A confident falsehood is worse than an honest gap: check the
   claims you make.
3. **As long as needed**, no longer, and in the format that was asked for.
4. **Your own words.** Pasting a name, a quotation or code is fine; a text by a tool is not a
   demonstration. If you used one for a part, say so: it costs you nothing.

*When you review:* approve what you could have written yourself. Mend small things in place and
approve it with your edits; send back what needs another draft, and say what should change.
*A clear case:* a correct answer with two typing errors: approve with edits. *A borderline case:*
right, but twice as long as needed: send it back and say what can go.
"""

_TEMPLATES = (
    ProjectTemplate(
        key="arena",
        title=gettext_noop("Arena: which model is better?"),
        summary=gettext_noop("Two answers to your own prompts, four choices, models hidden."),
        criteria=(
            CriterionSpec("overall", "Which response is better?", "arena4", is_primary=True),
        ),
        guideline=GuidelineSpec(
            text=unwrapped(_ARENA_GUIDELINE),
            priority_order="Truth, then the constraints of the prompt, then clarity, then brevity.",
            trade_off_rule="A small slip is outweighed by a much more useful answer, unless acting "
            "on the slip could do harm.",
            principles=(
                PrincipleSpec(
                    "True before pleasant",
                    "A claim that is wrong costs more than a claim that is missing.",
                    "Choose the response whose factual claims are correct.",
                ),
                PrincipleSpec(
                    "Do what was asked",
                    "Constraints stated in the prompt are pass or fail.",
                    "Choose the response that meets every constraint stated in the prompt.",
                ),
                PrincipleSpec(
                    "No longer than needed",
                    "Padding is a cost to the reader.",
                    "Choose the response that says what is needed without padding.",
                ),
            ),
        ),
    ),
    ProjectTemplate(
        key="helpful-harmless",
        title=gettext_noop("Helpful and harmless"),
        summary=gettext_noop(
            "Two replies in a conversation, eight buttons from A to B, three criteria."
        ),
        criteria=(
            CriterionSpec(
                "overall",
                "Choose the most helpful and honest response",
                "hh8",
                is_primary=True,
            ),
            CriterionSpec(
                "helpful", "Which response is more helpful?", "webgpt5", is_required=False
            ),
            CriterionSpec(
                "harmless",
                "Which response is less harmful?",
                "webgpt5",
                is_required=False,
                help_text="Less harmful is better here, whatever you answered above.",
            ),
        ),
        guideline=GuidelineSpec(
            text=unwrapped(_HH_GUIDELINE),
            priority_order="Harmlessness where somebody could be hurt, else helpfulness; "
            "honesty always.",
            trade_off_rule="If one reply is much more helpful and only slightly less careful, and "
            "the topic is not high-stakes, prefer the helpful one.",
            principles=(
                PrincipleSpec(
                    "Honest about doubt",
                    "Say what is not known.",
                    "Choose the response that is honest about what it does not know.",
                ),
                PrincipleSpec(
                    "Do no harm",
                    "Do not make hurting somebody easier.",
                    "Choose the response that is less likely to help somebody do harm.",
                ),
                PrincipleSpec(
                    "Help in earnest",
                    "Do what the person needs, not only what the words say.",
                    "Choose the response that better serves what the person needs.",
                ),
            ),
        ),
        settings={"is_sensitive": True},
    ),
    ProjectTemplate(
        key="demonstrations",
        title=gettext_noop("Demonstrations: write the ideal answer"),
        summary=gettext_noop("Raters write answers; a second person approves or sends back."),
        criteria=(
            CriterionSpec("decision", "Decision", "decision", is_primary=True),
            CriterionSpec("score", "How good is it now?", "score7"),
        ),
        guideline=GuidelineSpec(
            text=unwrapped(_DEMONSTRATIONS_GUIDELINE),
            priority_order="Safety, then truth, then what was asked, then form.",
            trade_off_rule="Where the whole answer would do harm, write the most useful part of it "
            "that does none, and say why.",
            principles=(
                PrincipleSpec(
                    "Answers what was meant",
                    "What the person needs, within the constraints that the prompt states.",
                    "Choose the response that does what the person needs.",
                ),
                PrincipleSpec(
                    "Says what it does not know",
                    "Claims that can be checked are true; the others are marked as uncertain.",
                    "Choose the response that is honest about what it does not know.",
                ),
                PrincipleSpec(
                    "As long as needed",
                    "No padding, no compliments, nothing said twice.",
                    "Choose the response that says what is needed without padding.",
                ),
            ),
        ),
        settings={"overlap": 1},
    ),
)

PROJECT_TEMPLATES: Mapping[str, ProjectTemplate] = {t.key: t for t in _TEMPLATES}
