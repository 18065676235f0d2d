"""What the columns of labels leave open: which one names the better response, and how it counts.

A winner that only words or names tell is taken where no value leaves a doubt; numbers are never
guessed at, because counted from the wrong end they turn every label round in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from labeling.datasets.readers.columns import ALIASES, plain_name
from labeling.datasets.readers.fields import Broken, excerpt_of
from labeling.datasets.readers.questions import ColumnQuestion, Meaning, quoted
from labeling.datasets.readers.shapes.base import Sample, Shape
from labeling.datasets.readers.shapes.helpsteer import RATED_ATTRIBUTES
from labeling.datasets.readers.shapes.ratings import ATTRIBUTES
from labeling.datasets.readers.winners import (
    FIRST_IS_NEGATIVE,
    FIRST_IS_POSITIVE,
    SIGNED,
    Counting,
    PairNames,
    WinnerColumns,
    countings,
    is_number,
    plain_code,
    says_nothing,
)

#: Names of columns that say which response is better; compared by `plain_name`.
_WINNERS = (
    *("winner", "better", "better_response", "preferred", "preferred_response"),
    *("preference", "human_preference", "vote", "chosen"),
)
#: Those that may, and may be anything.
_PERHAPS = (
    *(
        "label",
        "labels",
        "human_label",
        "choice",
        "answer_choice",
        "best",
        "best_response",
        "chosen_index",
    ),
    *("better_response_id", "better_response_index", "preferred_index", "winner_index"),
)
_ANNOTATOR = re.compile(r"(?:annotator|rater|labell?er|worker|judge|vote)_?\d+")
#: Fields that say which response is better, and those that say who judged.
_PREFERENCES = (
    *("chosen", "preferred_output", "ranks", "individual_preference", "overall_preference"),
    *("overall", "winner", "winner_model_a"),
)
_RATERS = frozenset({"rater", "judge", "annotator", "annotations", "session", "user"})
#: Those of kinds that say it in a field of their own.
_OWN_PREFERENCES = {
    "nemo": "completions",
    "fastchat": "type",
    "webgpt": "score_0",
    "summaries": "choice",
    "doccano": "label",
    "prodigy": "answer",
    "potato": "label_annotations",
    "nectar": "ranked",
}
#: Those of kinds that rate one response.
_RATES = {
    "kto": ("thumb",),
    "ratings": ("rating", *ATTRIBUTES),
    "helpsteer2": RATED_ATTRIBUTES,
}
_SAYS = ("which response is better", "how good the response is")
#: PandaLM's own column; with it the counting of its annotators is known.
_PANDALM, _PANDALM_COUNT = "cmp_key", "1,2,0"
#: Values of one sign that chance does not explain.
_MANY = 8
_NAME = 60
#: The codes of a column that knows the first response, the second, and one thing more.
_SIDES_AND_TIE = 3


def takes_winner(shape: Shape) -> bool:
    """Whether rows of this kind may name the better response in any column; LMArena's have their
    own."""
    return "winner" in shape.fields and shape.key != "lmarena"


def winner_guess(sample: Sample) -> dict[str, str]:
    """The mapping of a winner that leaves no doubt; none where there is none, or where it sums up
    the judgments that the rows list."""
    if "judgments" in sample.mapping:
        return {}
    free = _free_columns(sample)
    names = {plain_name(column): column for column in free}
    annotators = _annotators(free)
    if annotators and _PANDALM in names and _fits(sample, annotators, _PANDALM_COUNT):
        takes_id = "idx" in names and not {"id"} & {*sample.mapping, *sample.wished}
        own_id = {"id": names["idx"]} if takes_id else {}
        return {**own_id, "winner": f"{'|'.join(annotators)}:{_PANDALM_COUNT}"}
    likely = (names[name] for name in _WINNERS if name in names)
    certain = (column for column in likely if _is_certain(sample, column))
    column = next(certain, "")
    return {"winner": column} if column else {}


def _free_columns(sample: Sample) -> list[str]:
    claimed = {column for field, column in sample.mapping.items() if field != "winner"}
    left = {name for name, column in sample.wished.items() if not column}
    return [column for column in sample.columns if column not in claimed and column not in left]


def _annotators(columns: Sequence[str]) -> list[str]:
    """Columns of one annotator each; none below two."""
    numbered = [column for column in columns if _ANNOTATOR.fullmatch(plain_name(column))]
    return numbered if len(numbered) > 1 else []


def _values(sample: Sample, column: str) -> list[object]:
    values = (row.get(column) for row in sample.rows)
    return [value for value in values if not says_nothing(value)]


def _fits(sample: Sample, columns: Sequence[str], count: str) -> bool:
    codes = {plain_code(value) for column in columns for value in _values(sample, column)}
    return bool(codes) and codes <= {*count.split(",")}


def _is_certain(sample: Sample, *columns: str) -> bool:
    """Whether every value names a side or a tie by a word or a name, and one of them a side."""
    verdicts = [verdict for column in columns for _, verdict in _verdicts(sample, column)]
    return None not in verdicts and any(verdicts)


def _verdicts(sample: Sample, column: str) -> Iterator[tuple[object, int | None]]:
    """What stands in a column, and which side it names; None where nobody can tell."""
    sides = {field: sample.mapping.get(field, "") for field in _OF_SIDES}
    for row in sample.rows:
        if says_nothing(row.get(column)) or isinstance(row.get(column), Broken):
            continue
        said = [row.get(sides[field]) for field in _OF_SIDES]
        named = [text if isinstance(text, str) else "" for text in said]
        columns = sides["response_a"], sides["response_b"]
        names = PairNames((named[0], named[1]), (named[2], named[3]), columns)
        verdict = names.named(row.get(column))
        yield row.get(column), None if verdict is None else verdict.value


_OF_SIDES = ("model_a", "model_b", "response_a", "response_b")


def label_questions(shape: Shape, sample: Sample, counting: Counting) -> Iterator[ColumnQuestion]:
    """What has to be known before a label is written."""
    winner = counting.winner
    if winner is not None and not winner.codes:
        columns = winner.columns
        values = [value for column in columns for value in _values(sample, column)]
        if any(map(is_number, values)):
            yield ColumnQuestion(
                "winner_counting",
                f"{quoted(columns[0])} holds numbers: which one is the first response?",
                tuple(_counted("|".join(columns), values)),
                columns=columns,
            )
    if not counting.signs:
        for field in SIGNED:
            if field in sample.mapping and not _is_preferred(sample):
                yield from _one_sided(shape, sample, field)


def _is_preferred(sample: Sample) -> bool:
    """Whether the row's order tells the label, so that a signed value beside it is metadata."""
    return "chosen" in sample.mapping


def _one_sided(shape: Shape, sample: Sample, field: str) -> Iterator[ColumnQuestion]:
    """Whether a signed value that is never negative, or never positive, is one."""
    column = sample.mapping[field]
    codes = [plain_code(value) for value in _values(sample, column) if is_number(value)]
    below = sum(code.startswith("-") for code in codes)
    above = sum(code.strip("0") != "" for code in codes) - below
    # A usual name for it is no index's, and a few rows may well agree.
    least = _MANY if below or plain_name(column) in ALIASES.get(field, (field,)) else 0
    if len(codes) < least or (above and below):
        return
    never = "positive" if below else "negative"
    as_winner = [
        Meaning(option.text, {**option.mapping, field: ""})
        for option in _counted(column, codes or ("0", "1"))
        if takes_winner(shape)
    ]
    yield ColumnQuestion(
        "one_sided",
        f"{quoted(column)} is mapped as a signed value and is never {never} in the first rows. "
        "Which response does it prefer?",
        (
            *as_winner,
            Meaning(
                "signed: negative prefers the first response",
                {field: f"{column}:{FIRST_IS_NEGATIVE}"},
            ),
            Meaning(
                "signed: positive prefers the first response",
                {field: f"{column}:{FIRST_IS_POSITIVE}"},
            ),
        ),
        columns=(column,),
    )


def _counted(column: str, values: Sequence[object]) -> Iterator[Meaning]:
    """The ways in which the numbers of a winner may count."""
    return (_spelled(spec, column) for spec in countings(column, values))


def _spelled(spec: str, column: str) -> Meaning:
    winner = WinnerColumns.of(spec, column.split("|") if "|" in column else (column,))
    return Meaning(f"a winner: {winner.counting}", {"winner": spec})


def winner_offers(sample: Sample) -> Iterator[ColumnQuestion]:
    """Columns that may name the better response, and are metadata unless a mapping says so."""
    if {"winner", "overall", "judgments"} & sample.mapping.keys():
        return
    free = _free_columns(sample)
    names = {plain_name(column): column for column in free}
    likely = [[names[name]] for name in (*_WINNERS, *_PERHAPS) if name in names]
    if annotators := _annotators(free):
        likely.append(annotators)
    for columns in likely:
        values = [value for column in columns for value in _values(sample, column)]
        options = tuple(_counted("|".join(columns), values))
        if not options and _is_certain(sample, *columns):
            options = (Meaning("a winner, by its words", {"winner": "|".join(columns)}),)
        if options:
            yield ColumnQuestion(
                "winner_offered",
                f"{' and '.join(map(quoted, columns))} may name the better response. Unless a "
                "mapping says how it counts, it is metadata and no label.",
                options,
                columns=tuple(columns),
            )
        elif plain_name(columns[0]) in _WINNERS:
            yield from _unclear(sample, columns[0])


def choice_offers(sample: Sample) -> Iterator[ColumnQuestion]:
    """Columns of a flat Label Studio export whose words say which response is better, where none is
    called a choice."""
    if {"choice", "annotations"} & sample.mapping.keys():
        return
    for column in _free_columns(sample):
        if _is_certain(sample, column):
            yield ColumnQuestion(
                "winner_offered",
                f"{quoted(column)} may name the better response. Unless a mapping says so, it is "
                "metadata and no label.",
                (Meaning("it names the better response", {"choice": column}),),
                columns=(column,),
            )


def _signed(column: str, codes: Collection[str]) -> tuple[Meaning, ...]:
    """The ways to read numbers of both signs; none where they are not such."""
    numbers = [code for code in codes if is_number(code) and code.strip("0")]
    if len({code.startswith("-") for code in numbers}) < len("+-") or not all(
        map(is_number, codes)
    ):
        return ()
    return tuple(
        Meaning(f"signed: {sign} prefers the first response", {"overall": f"{column}:{signs}"})
        for sign, signs in (("negative", FIRST_IS_NEGATIVE), ("positive", FIRST_IS_POSITIVE))
    )


def _unclear(sample: Sample, column: str) -> Iterator[ColumnQuestion]:
    """A column that is named like a winner and holds a value that nobody understands."""
    verdicts = list(_verdicts(sample, column))
    codes = {plain_code(value): side for value, side in verdicts}
    odd = next((value for value, side in verdicts if side is None), None)
    if odd is None:
        return
    by_side = {side: code for code, side in codes.items()}
    options: tuple[Meaning, ...] = _signed(column, codes)
    if len(codes) == len(by_side) == _SIDES_AND_TIE and 0 not in by_side:
        spec = ",".join(by_side[side] for side in (-1, 1, None))
        options = (_spelled(f"{column}:{spec}", column),)
    yield ColumnQuestion(
        "winner_unclear",
        f"{quoted(column)} may name the better response, but “{excerpt_of(odd)[:_NAME]}” names "
        "neither response nor a tie. Unless a mapping says how it counts, the column is metadata "
        "and no label.",
        options,
        columns=(column,),
    )


def untold_labels(sample: Sample) -> Iterator[ColumnQuestion]:
    """A column that says who judged, where none that is understood says what they said."""
    for column in [sample.mapping[field] for field in sample.mapping if field in _RATERS][:1]:
        yield ColumnQuestion(
            "label_untold",
            f"{quoted(column)} says who judged, but no column is understood to say which response "
            "is better: it is metadata, and rows are taken without labels. If one does, map it as "
            "the winner, or as the rater's overall value where it is a signed number.",
            columns=(column,),
        )


def preference_columns(shape: Shape, mapping: Mapping[str, str]) -> list[str]:
    """The columns that say which response is better, or how good one is."""
    own = _OWN_PREFERENCES.get(shape.key)
    fields = _RATES.get(shape.key, (own,) if own else _PREFERENCES)
    return [mapping[field] for field in fields if mapping.get(field)]


def unnamed_labels(
    shape: Shape, sample: Sample, counting: Counting, label_rater: str
) -> Iterator[ColumnQuestion]:
    """Preferences whose rater nobody names are no labels, and that is said."""
    winner = counting.winner
    if label_rater or sample.mapping.keys() & _RATERS or (winner and winner.is_several):
        return
    for column in (winner.columns if winner else preference_columns(shape, sample.mapping))[:1]:
        yield ColumnQuestion(
            "rater_unnamed",
            f"{quoted(column)} says {_SAYS[shape.key in _RATES]}, but no column says who judged: "
            "it is no label unless a rater is named for the file. Importing the file again with a "
            "name adds the labels to the same tasks.",
            columns=(column,),
        )
