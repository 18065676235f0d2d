"""What the simulated raters say of rankings, ratings, rules and pictures, and write (pure and
seeded).

They are those of `labeling.demo.simulation`, with the tempers that they have there. What a rater
says of an item depends on nothing but the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from labeling.demo.kind_content import KindItem, KindProject, KindResponse, Mark, ScriptedText
from labeling.demo.simulation import Temper, draw, normal_draw, reason_owner, scale_value
from labeling.kinds import EditedText, Submission, slot
from labeling.vocabulary import ReviewDecision
from projects.scales import PREFERENCES, SCALES, YES_NO

#: Of a project's items, so many does each rater judge, or write and review.
SHARES: Mapping[str, float] = {
    "vera@example.com": 0.66,
    "rui@example.com": 0.64,
    "sam@example.com": 0.6,
    "tao@example.com": 0.45,
}
#: How likely somebody is to mark words that decided.
_MARKS: Mapping[str, float] = {
    "vera@example.com": 0.9,
    "rui@example.com": 0.6,
    "tao@example.com": 0.45,
    "sam@example.com": 0.15,
}
#: How much less people see alike of a kind than of the comparisons that the tempers are made for.
_NOISE: Mapping[str, float] = {"compare": 1.1, "rank": 1.5, "rate": 1.0, "rule": 1.9}
#: Below this answer somebody has seen a fault; how much a hand trembles, in shares of a picture.
_FAULTLESS, _HAND = 7, 0.012
#: Who says to have used a tool, and whose text was mostly pasted.
_ASSISTED, _PASTED = "letter-heat", frozenset({"letter-heat", "letter-smoke"})
_TYPED_A_SECOND = 3.1

_Said = dict[str, object]


def opinion_of(
    temper: Temper, project: KindProject, item: KindItem, shown: Sequence[int]
) -> Submission:
    """The rater's submission on a task; `shown` are the places of the item's responses, in the
    order of the screen."""
    temper = replace(temper, noise=temper.noise * _NOISE[project.kind])
    answers = _ANSWERS[project.kind](temper, project, item, shown)
    note = _note(temper, item)
    code = int(draw(temper.email, item.id, "reason") * len(item.reasons))
    return Submission(
        answers=answers,
        rationale=note,
        reasons=item.reasons[code : code + 1] if note else (),
        flags=tuple(item.flags.get(temper.email, ())),
        spans=_spans(temper, project, item, shown, answers),
        regions=_regions(temper, item, shown, answers),
        active_ms=_active_ms(temper, item, len(note.split())),
    )


def draft_by(temper: Temper, item: KindItem, *, again: bool) -> Submission:
    """What the rater writes, at first or after it was sent back."""
    writing = _written(item)
    text = writing.again if again else writing.text
    pasted = round(0.8 * len(text)) if item.id in _PASTED and not again else 0
    typed = round(1.1 * len(text)) - pasted
    seconds = 25 + len(text) / _TYPED_A_SECOND * (1.4 - temper.thorough / 2)
    return Submission(
        answers={},
        text=text,
        typed=typed,
        pasted=pasted,
        declared_assist=item.id == _ASSISTED,
        active_ms=round(1000 * seconds),
    )


def review_of(temper: Temper, item: KindItem, text: str) -> Submission:
    """What a second person says of a text."""
    writing = _written(item)
    is_second = text == writing.again
    decision = ReviewDecision.APPROVE if is_second else ReviewDecision(writing.decision)
    score = writing.again_score if is_second else writing.score
    score = min(7, max(1, round(score + temper.noise * normal_draw(temper.email, item.id) / 2)))
    edits = decision == ReviewDecision.WITH_EDITS
    return Submission(
        answers={"decision": {slot(0): int(decision)}, "score": {slot(0): score}},
        rationale=writing.words if decision == ReviewDecision.REJECT else "",
        edit=EditedText(slot(0), writing.edit) if edits else None,
        active_ms=_active_ms(temper, item, 12 if edits else 4),
    )


def _written(item: KindItem) -> ScriptedText:
    if item.writing is None:
        raise ValueError(f"Nothing is written for {item.id}.")
    return item.writing


def _ranked(temper: Temper, project: KindProject, item: KindItem, shown: Sequence[int]) -> _Said:
    """Bands of slots, best first: what is nearer than the rater's idea of a tie is level."""
    key = project.criteria[0].key
    liked = sorted(
        (-_seen(temper, item, item.responses[place], key), slot(at))
        for at, place in enumerate(shown)
    )
    bands: list[list[str]] = []
    before = -math.inf
    for worth, name in liked:
        if bands and worth - before < temper.tie_below / 2:
            bands[-1].append(name)
        else:
            bands.append([name])
        before = worth
    return {key: bands}


def _compared(temper: Temper, project: KindProject, item: KindItem, shown: Sequence[int]) -> _Said:
    """Which is better, with a tie where that is hardly seen, beside what is said of each."""
    first, second = (item.responses[place] for place in shown)
    preferences = [c for c in project.criteria if SCALES[c.scale].answer == PREFERENCES]
    answers = _rated(temper, project, item, shown)
    for criterion in preferences:
        key = criterion.key
        advantage = _seen(temper, item, second, key) - _seen(temper, item, first, key)
        advantage = 0 if abs(advantage) < temper.tie_below / 2 else advantage
        answers[key] = scale_value(advantage, SCALES[criterion.scale].strongest)
    return answers


def _rated(temper: Temper, project: KindProject, item: KindItem, shown: Sequence[int]) -> _Said:
    return {
        criterion.key: {
            slot(at): _value(temper, item, item.responses[place], criterion.key, criterion.scale)
            for at, place in enumerate(shown)
        }
        for criterion in project.criteria
        if SCALES[criterion.scale].answer != PREFERENCES
    }


def _checked(temper: Temper, project: KindProject, item: KindItem, shown: Sequence[int]) -> _Said:
    criterion = project.criteria[0]
    return {
        criterion.key: {
            slot(at): {
                f"P{rule}": _value(temper, item, item.responses[place], rule, criterion.scale)
                for rule in item.responses[place].truth
            }
            for at, place in enumerate(shown)
        }
    }


_ANSWERS: Mapping[str, Callable[[Temper, KindProject, KindItem, Sequence[int]], _Said]] = {
    "compare": _compared,
    "rank": _ranked,
    "rate": _rated,
    "rule": _checked,
}


def _value(
    temper: Temper, item: KindItem, response: KindResponse, key: str, scale_key: str
) -> int | str:
    """The answer on a scale: what is true, seen through the rater's noise."""
    scale = SCALES[scale_key]
    if scale.answer == YES_NO:
        chance = response.truth[key]
        if 0 < chance < 1 and draw(temper.email, item.id, key, "unsure") < temper.unsure:
            return scale.unsaid[0]
        slips = draw(temper.email, response.id, key, "slips") < temper.noise / 12
        return int((draw(temper.email, response.id, key) < chance) != slips)
    seen = _seen(temper, item, response, key)
    return int(min(max(round(seen), scale.values[0]), scale.values[-1]))


def _seen(temper: Temper, item: KindItem, response: KindResponse, key: str) -> float:
    return response.truth[key] + 0.8 * temper.noise * normal_draw(
        temper.email, item.id, response.id, key
    )


def _note(temper: Temper, item: KindItem) -> str:
    """A reason of the item that nobody else will give."""
    for place, note in enumerate(item.notes):
        if reason_owner(item.id, place) == temper.email:
            return note
    return ""


def _spans(
    temper: Temper,
    project: KindProject,
    item: KindItem,
    shown: Sequence[int],
    answers: _Said,
) -> list[dict[str, object]]:
    """Words that this rater marks, some a little wider than others do."""
    spans: list[dict[str, object]] = []
    for number, mark in enumerate(item.marks):
        if draw(temper.email, item.id, number, "marks") > _MARKS[temper.email]:
            continue
        name = slot(list(shown).index(mark.response))
        if project.kind != "rank" and not _bears_out(mark, answers, name):
            continue
        words = mark.wide if draw(temper.email, item.id, number, "wide") < 0.35 else mark.quote
        start = item.responses[mark.response].content.index(words)
        spans.append(
            {
                "slot": name,
                "message": 0,
                "start": start,
                "end": start + len(words),
                "quote": words,
                "polarity": mark.polarity,
                mark.about: f"P{mark.name}" if mark.about == "principle" else mark.name,
            }
        )
    return spans


def _regions(
    temper: Temper, item: KindItem, shown: Sequence[int], answers: _Said
) -> list[dict[str, object]]:
    """Faults that this rater marks in pictures, each with a hand of their own."""
    regions: list[dict[str, object]] = []
    for number, place in enumerate(item.regions):
        name = slot(list(shown).index(place.response))
        said = answers[place.criterion]
        value = said.get(name) if isinstance(said, dict) else None
        is_seen = isinstance(value, int) and value < _FAULTLESS
        if not is_seen or draw(temper.email, item.id, number, "marks") > _MARKS[temper.email]:
            continue
        x, y, w, h = (
            side + _HAND * normal_draw(temper.email, item.id, number, at)
            for at, side in enumerate(place.box)
        )
        x, y = max(0.0, x), max(0.0, y)
        box = {"x": x, "y": y, "w": min(w, 1 - x), "h": min(h, 1 - y)}
        note = place.note if draw(temper.email, item.id, number, "note") < temper.thorough else ""
        regions.append(
            {"slot": name, **{side: round(share, 4) for side, share in box.items()}}
            | {"polarity": "fault", "criterion": place.criterion, "note": note}
        )
    return regions


def _bears_out(mark: Mark, answers: _Said, name: str) -> bool:
    """Whether the rater's own answer is what the mark says: nobody marks what they did not see."""
    is_rule = mark.about == "principle"
    said = next(iter(answers.values())) if is_rule else answers[mark.name]
    value = said.get(name) if isinstance(said, dict) else None
    if is_rule:
        value = value.get(f"P{mark.name}") if isinstance(value, dict) else None
        return isinstance(value, int) and (value < 0) == (mark.polarity == "fault")
    if mark.name == "made_up":
        return value == 1
    return isinstance(value, int) and value < 5


def _active_ms(temper: Temper, item: KindItem, words: int) -> int:
    """Milliseconds: reading, deciding and writing so many words."""
    texts = [item.prompt, *(response.content for response in item.responses)]
    reading = 60 * sum(len(text.split()) for text in texts) / temper.words_a_minute
    deciding = 6 + 5 * len(item.responses) * math.exp(0.4 * normal_draw(temper.email, item.id, 1))
    return round(1000 * (reading + deciding + words / 0.6))
