"""What the card says about a release, counted while its rows stream past."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from labeling.datasets.formats.base import TaskRows
from labeling.datasets.formats.carrying import is_empty
from labeling.datasets.reasons import HUMAN_ONLY
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.recipes.orders import pairs_of_ranks, ranks_of
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.recipes.rated import count_values
from labeling.datasets.records import TIES, JudgmentRecord, ResponseRecord, TaskRecord
from labeling.stats import style_of
from labeling.vocabulary import Purpose, Source

#: Numbers from here on are kinds of ties in patterns of answers; no scale goes that far.
FIRST_TIE = 1_000_000
#: The number of a second response that is better, nobody knows how much; of a first one negated.
SIDE_ALONE = FIRST_TIE - 1
TIE_CODES = {kind: FIRST_TIE + place for place, kind in enumerate(TIES)}
#: Tasks whose responses are looked at for their style. Tasks come in the order of a hash, so the
#: first ones are a random sample.
STYLED_TASKS = 5_000
#: What of a style is markup, not length.
MARKUP = ("headers", "list_items", "bold", "code_blocks")

_LIVE, _HUMAN = Purpose.LIVE.value, Source.HUMAN.value
_UNSPECIFIED = TIE_CODES["unspecified"]

#: Two responses, by position, and the pattern of what was said about them.
Said = dict[tuple[int, int], tuple[int, ...]]


class Patterns:
    """What units showed, in 12 bytes a unit: which distinct pattern, and of which prompt.

    The first number of a pattern of answers is the longer response (-1 the first, 1 the second, 0
    neither), the others are the answers, sorted: values, `SIDE_ALONE` and `TIE_CODES`.
    """

    __slots__ = ("clusters", "seen", "shown")

    def __init__(self) -> None:
        self.seen: dict[tuple[int, ...], int] = {}
        self.shown = array("I")
        self.clusters = array("Q")

    def add(self, pattern: tuple[int, ...], cluster: int) -> None:
        """Counts a unit."""
        seen = self.seen
        place = seen.get(pattern)
        if place is None:
            place = seen[pattern] = len(seen)
        self.shown.append(place)
        self.clusters.append(cluster)


@dataclass(slots=True)
class Tally:
    """Counts over tasks, judgments and rows.

    Memory grows with names and distinct patterns, and by about 44 bytes a task.

    Attributes:
        prompts: a number for the prompt of each task that has a judgment that may become data.
        excluded: judgments that may not become data, by reason.
        final_words: those of reviewers that decide beside the votes, or instead of them.
        ways: judgments that may become data, by rater, guideline version, source, strategy and
            rubric version.
        chances: how many of them have a selection probability, the least and the largest of those.
        rationales, flags: how many of them have a rationale, and carry each flag.
        answers: what they say, as `Patterns` holds it.
        people: the answers of all people on live tasks, whatever the recipe and its filters.
        kept: the answers of people behind the rows.
        lengths: rows of a task that chose the longer response, and that differ in length at all.
        sides: decided judgments with a known screen order, and how many chose the first shown.
        styles: (verdict, prompt, first's and second's `MARKUP`) of the tasks looked at.
        matches: decided pairs by the models of the chosen and of the rejected response.
        alone: responses in rows that are no pairs, by their model and whether they were preferred.
        good, bad: responses labelled so.
        empty: responses that say nothing, of `responses` of the tasks.
        reasoning_left_out: rows whose format has no place for their models' reasoning.
        unrated: answers on single responses without a value, by why there is none.
    """

    tasks: int = 0
    judgments: int = 0
    prompts: array[int] = field(default_factory=lambda: array("Q"))
    excluded: Counter[str] = field(default_factory=Counter)
    final_words: int = 0
    ways: Counter[tuple[str, int, str, str, int]] = field(default_factory=Counter)
    chances: tuple[int, float, float] = (0, 1.0, 0.0)
    rationales: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[int, ...]] = field(default_factory=Counter)
    people: Patterns = field(default_factory=Patterns)
    kept: Patterns = field(default_factory=Patterns)
    lengths: Patterns = field(default_factory=Patterns)
    sides: tuple[int, int] = (0, 0)
    styles: list[tuple[int, ...]] = field(default_factory=list)
    categories: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    permitted_uses: Counter[str] = field(default_factory=Counter)
    matches: Counter[tuple[str, str]] = field(default_factory=Counter)
    alone: Counter[tuple[str, bool]] = field(default_factory=Counter)
    good: int = 0
    bad: int = 0
    responses: int = 0
    empty: int = 0
    reasoning_left_out: int = 0
    unrated: Counter[str] = field(default_factory=Counter)

    def by(self, place: int) -> Counter[Any]:
        """Judgments that may become data by one part of `ways`, of which raters are part 0."""
        counts: Counter[Any] = Counter()
        for way, n in self.ways.items():
            counts[way[place]] += n
        return counts

    def values(self) -> Counter[int]:
        """How often each number of a pattern was answered."""
        counts: Counter[int] = Counter()
        for pattern, times in self.answers.items():
            for code in pattern[1:]:
                counts[code] += times
        return counts

    def take(self, item: TaskRows, recipe: Recipe) -> None:
        """Counts a task on the recipe's criterion: what was said, and what became of it."""
        task, may = item.task, list(filter(recipe.is_vote, item.judgments))
        self.final_words += sum(judgment.is_apart for judgment in item.judgments)
        cluster = _number(task.prompt_id)
        patterns: Said = {}
        if may:
            self.tasks += 1
            self.prompts.append(cluster)
            self.categories[task.category] += 1
            self.languages[task.language] += 1
            self.licences[task.licence] += 1
            self.permitted_uses[task.permitted_use] += 1
            self.responses += len(task.responses)
            self.empty += sum(map(is_empty, task.responses))
            codes = self._judgments(may, recipe)
            if recipe.criterion.answer != "compare":
                patterns = compared(task, may, recipe)
            elif len(task.responses) == 2:
                patterns = _patterns(task, codes)
            for pattern in patterns.values():
                self.answers[pattern] += 1
        own = len(may) == len(task.judgments) and recipe.options.sources == HUMAN_ONLY
        people = patterns if own else compared(task, _people(task), recipe)
        for pattern in people.values():
            self.people.add(pattern, cluster)
        if len(self.styles) < STYLED_TASKS and (0, 1) in people:
            self._style(task, people[0, 1], cluster)
        for pattern in self._rows(item, recipe, cluster, people if own else {}).values():
            self.kept.add(pattern, cluster)

    def _judgments(self, judgments: Sequence[JudgmentRecord], recipe: Recipe) -> list[int]:
        """Counts judgments that may become data, and returns what they say on the criterion.

        One loop for everything: it runs once for every judgment of a release.
        """
        key, ways, codes = recipe.criterion.key, self.ways, []
        human = recipe.options.sources == HUMAN_ONLY
        known, first = self.sides
        n, low, high = self.chances
        self.judgments += len(judgments)
        for judgment in judgments:
            ways[
                judgment.rater,
                judgment.guideline_version,
                judgment.source,
                judgment.strategy,
                judgment.rubric_version,
            ] += 1
            value = judgment.values.get(key)
            if value:
                codes.append(_code(judgment, value, recipe))
                if len(judgment.shown) == 2 and (human or judgment.source == _HUMAN):
                    known += 1
                    first += (judgment.shown[0] == 0) == (value < 0)
            elif kind := recipe.tie(judgment):
                codes.append(TIE_CODES.get(kind, _UNSPECIFIED))
            chance = judgment.probability
            if chance is not None:
                n += 1
                low = chance if chance < low else low
                high = chance if chance > high else high
            if judgment.rationale:
                self.rationales += 1
            if judgment.flags:
                self.flags.update(judgment.flags)
            for criterion, _, unsaid, _ in judgment.unrated:
                if criterion == key:
                    self.unrated[unsaid] += 1
        self.sides, self.chances = (known, first), (n, low, high)
        return codes

    def _rows(self, item: TaskRows, recipe: Recipe, cluster: int, patterns: Said) -> Said:
        """Counts what was written of a task, and returns what people said behind it.

        `patterns` is what they said at all, empty where not only people did.
        """
        texts = item.task.candidates
        longer = differ = behind = good = 0
        for pair in item.pairs:
            behind += len(pair.votes) if pair.judgment is None else 1
            if pair.edited:
                patterns = {}
            if not pair.tie:
                chosen, rejected = texts[pair.chosen], texts[pair.rejected]
                self.matches[chosen.model, rejected.model] += 1
                ahead = len(chosen.text) - len(rejected.text)
                if ahead:
                    differ += 1
                    longer += ahead > 0
        if differ:
            self.lengths.add((longer, differ), cluster)
        for label in item.labels:
            good += label.good
        self.good += good
        self.bad += len(item.labels) - good
        if recipe.kind != RowKind.PAIRS:
            for response, won in _written(item, recipe.kind):
                self.alone[texts[response].model, won] += 1
        elif len(patterns) == 1 and behind == len(patterns.get((0, 1), ())) - 1:
            # As many judgments behind the rows as gave an answer: they are the same ones.
            return patterns
        return _behind(item, recipe)

    def _style(self, task: TaskRecord, pattern: tuple[int, ...], cluster: int) -> None:
        """Notes how two responses are decorated, and which of them people prefer."""
        first = sum(code < 0 for code in pattern[1:])
        second = sum(0 < code < FIRST_TIE for code in pattern[1:])
        if first != second and len(task.responses) == 2:
            marks = [mark for response in task.responses for mark in _markup(response)]
            self.styles.append(((second > first) - (second < first), cluster, *marks))


def compared(task: TaskRecord, judgments: Iterable[JudgmentRecord], recipe: Recipe) -> Said:
    """What judgments say about each two responses of a task, or of each that they rate."""
    if recipe.criterion.answer == "rate":
        return _rated(judgments, recipe)
    codes_of: dict[tuple[int, int], list[int]] = {}
    size = len(task.responses)
    for judgment in judgments:
        if recipe.criterion.answer == "compare":
            kind = recipe.tie(judgment)
            value = judgment.values.get(recipe.criterion.key)
            if size == 2 and (kind or value is not None):
                code = (
                    TIE_CODES.get(kind, _UNSPECIFIED)
                    if kind
                    else _code(judgment, value or 0, recipe)
                )
                codes_of.setdefault((0, 1), []).append(code)
            continue
        ranks = ranks_of(judgment, recipe.criterion, size)
        for first, second, better in pairs_of_ranks(ranks or ()):
            codes_of.setdefault((first, second), []).append(better or _UNSPECIFIED)
    return {
        unit: pattern
        for unit, codes in codes_of.items()
        for pattern in _patterns(task, codes, unit).values()
    }


def _rated(judgments: Iterable[JudgmentRecord], recipe: Recipe) -> Said:
    """The values of each response, and of each rule it was judged by; no two are compared."""
    counted = count_values(list(judgments), recipe.criterion)
    return {
        (-1 - number, -1): (0, *sorted(counted[judged].values))
        for number, judged in enumerate(sorted(counted))
        if counted[judged].values
    }


def _patterns(task: TaskRecord, codes: list[int], unit: tuple[int, int] = (0, 1)) -> Said:
    """The pattern of what was said about two of the responses; empty where nothing was."""
    responses = task.responses
    if not codes:
        return {}
    ahead = len(responses[unit[1]].text) - len(responses[unit[0]].text)
    codes.sort()
    return {unit: ((ahead > 0) - (ahead < 0), *codes)}


def _behind(item: TaskRows, recipe: Recipe) -> Said:
    """What people said in the judgments behind the rows of a task; edits were never compared."""
    task = item.task
    if recipe.criterion.answer == "rate":
        has_rows = any((item.pairs, item.labels, item.demonstrations, item.ratings, item.rules))
        return compared(task, _human(item.judgments), recipe) if has_rows else {}
    if recipe.kind == RowKind.RANKINGS:
        return compared(task, _human(ranking.judgment for ranking in item.rankings), recipe)
    if recipe.kind != RowKind.PAIRS:
        written = item.labels if recipe.kind == RowKind.LABELS else item.demonstrations
        return compared(task, _human(item.judgments), recipe) if written else {}
    codes_of: dict[tuple[int, int], list[int]] = {}
    # Raters who are put together stand behind many pairs of one order: each is asked once.
    compared_alone: dict[str, Said] = {}
    for pair in item.pairs:
        unit = (min(pair.chosen, pair.rejected), max(pair.chosen, pair.rejected))
        if unit[1] >= len(task.responses):
            continue
        codes = codes_of.setdefault(unit, [])
        if pair.judgment is None:
            for vote in _human(pair.votes):
                if vote.id not in compared_alone:
                    compared_alone[vote.id] = compared(task, (vote,), recipe)
                codes += compared_alone[vote.id].get(unit, ())[1:]
        elif pair.judgment.source == _HUMAN:
            tie = TIE_CODES.get(pair.tie, _UNSPECIFIED)
            codes.append(tie if pair.tie else _code(pair.judgment, round(pair.value), recipe))
    return {
        unit: pattern
        for unit, codes in codes_of.items()
        for pattern in _patterns(task, codes, unit).values()
    }


def _code(judgment: JudgmentRecord, value: int, recipe: Recipe) -> int:
    """A value in a pattern: no figure takes what a side may count as for its strength."""
    if value and judgment.side_only and recipe.tells_side_only(judgment):
        return SIDE_ALONE if value > 0 else -SIDE_ALONE
    return value


def _people(task: TaskRecord) -> Iterator[JudgmentRecord]:
    """The judgments of people on live tasks, whatever a recipe leaves out."""
    return _human(judgment for judgment in task.judgments if judgment.purpose == _LIVE)


def _human(judgments: Iterable[JudgmentRecord]) -> Iterator[JudgmentRecord]:
    return (judgment for judgment in judgments if judgment.source == _HUMAN)


def _written(item: TaskRows, kind: RowKind) -> Iterator[tuple[int, bool]]:
    """Each response in rows that are no pairs, and whether it was preferred there."""
    if kind == RowKind.LABELS:
        yield from ((label.response, label.good) for label in item.labels)
    elif kind == RowKind.RANKINGS:
        for ranking in item.rankings:
            yield from ((place, rank == 1) for place, rank in enumerate(ranking.ranks))
    elif kind == RowKind.RATINGS:
        yield from ((rated.response, False) for rated in item.ratings)
    elif kind == RowKind.RULES:
        yield from ((label.response, label.followed) for label in item.rules)
    else:
        yield from ((shown.response, True) for shown in item.demonstrations)


def _markup(response: ResponseRecord) -> list[int]:
    style = style_of(response.text)
    return [getattr(style, name) for name in MARKUP]


def _number(prompt: str) -> int:
    """A number that tells prompts apart, the same in every process."""
    data = prompt.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
