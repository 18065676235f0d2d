"""Whose a label is by the name it is given under: a person's, a model's, or nobody can tell; pure.

A model's word that counts as a person's spoils every figure in silence, so what looks like a
model's name is one. A word that is a person's name too (Claude, Gemma, Mistral) is a question where
it stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Self

from msgspec import Struct

from labeling.datasets.readers.questions import ColumnQuestion, Meaning
from labeling.datasets.rows import ImportedJudgment, MappingError, ModelVote

#: Words of a mapping that name no column: whose labels those of these names are.
WHOSE_WORDS = ("people", "model_rater")
#: Stands for every name that is not said to be somebody's.
EVERYBODY = "*"
#: Names that a question lists.
_SHOWN = 5


class Author(StrEnum):
    """Who gave a label."""

    PERSON = "person"
    MODEL = "model"
    UNSURE = "unsure"


#: Families of models, judges and ways of judging whose word is nobody's name.
_MODELS = frozenset(
    (
        *("gpt", "chatgpt", "davinci", "llama", "codellama", "llamaguard", "mixtral", "qwen"),
        *("qwq", "deepseek", "vicuna", "alpaca", "wizardlm", "openchat", "chatglm", "glm"),
        *("internlm", "baichuan", "dbrx", "olmo", "tulu", "jamba", "stablelm", "mpt", "oasst"),
        *("guanaco", "pandalm", "prometheus", "judgelm", "autoj", "armorm", "grok", "minimax"),
        *("flan", "bloomz", "exaone", "nemotron", "ministral", "pixtral", "codestral", "smollm"),
        *("llm", "llms", "rlaif", "openai", "anthropic", "chatbot", "bot", "copilot"),
    )
)
#: Families whose word is a name of people too.
_NAMES_TOO = frozenset(
    (
        *("claude", "gemini", "gemma", "mistral", "palm", "phi", "yi", "bard", "falcon", "koala"),
        *("dolly", "nova", "zephyr", "starling", "hermes", "orca", "bloom", "ernie", "kimi"),
        *("titan", "jurassic", "command", "sonnet", "opus", "haiku", "solar", "shepherd"),
    )
)
#: What follows a family's word in the name of a model.
_MODEL_WORDS = frozenset(
    (
        *("instruct", "chat", "it", "sft", "dpo", "rlhf", "instant", "turbo", "mini", "nano"),
        *("micro", "tiny", "small", "medium", "large", "base", "pro", "flash", "ultra", "plus"),
        *("lite", "next", "preview", "latest", "beta", "alpha", "api", "bot", "ai", "sonnet"),
        *("opus", "haiku", "judge", "x", "r", "nightly", "light", "bison", "vision", "think"),
    )
)
#: What a judge by a machine is called beside a model's name.
_WITH_AI = frozenset(
    (
        *("judge", "judges", "rater", "annotator", "labeler", "labeller", "feedback", "model"),
        *("assistant", "critic", "evaluator", "preference", "generated", "label", "labels"),
        *("grader", "reviewer"),
    )
)
_WHOLE = frozenset({"auto", "automatic", "machine", "synthetic", "model", "model judge", "auto j"})
#: What people without names are called; a number after it is theirs.
_PEOPLE = frozenset(
    (
        *("rater", "annotator", "labeler", "labeller", "worker", "user", "expert", "author"),
        *("person", "participant", "subject", "student", "crowd", "coder", "human", "group"),
        *("team", "class", "member", "reviewer", "evaluator", "judge"),
    )
)
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*[a-z]*|[^\W\d_]+")
_VERSION = re.compile(r"v?\d")
#: A number of parameters after a name: -7b, 1.5b, -70b-instruct, 8x7b.
_SIZE = re.compile(r"[-_ /]\d{1,3}(?:\.\d+)?(?:x\d{1,3})?b(?![a-z\d])")
#: Ids of letters and digits that no name is read from, as hashes of people's names are.
_HASH = re.compile(r"[0-9a-f]{8}[0-9a-f-]*")
_VOTE = re.compile(r" vote \d{1,3}\Z")
#: Models of one letter and a number, which raters' codes look like too.
_CODE = re.compile(r"o[1345]")


@lru_cache(maxsize=4096)
def author_of(name: str) -> Author:
    """Whose the name is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    if plain == "Ai":
        return Author.UNSURE
    # Of an address, what stands before the sign is the name.
    local = plain.casefold().split("@")[0]
    tokens = _TOKEN.findall(local)
    if not tokens or _HASH.fullmatch(local):
        return Author.PERSON
    if _is_model(local, tokens):
        return Author.MODEL
    if "@" in plain:
        return Author.PERSON
    # After an organisation's name stands the model's.
    start = len(_TOKEN.findall(local.rsplit("/", 1)[0])) if "/" in local else 0
    return _named_too(tokens[start:] or tokens)


def _is_model(name: str, tokens: list[str]) -> bool:
    if " ".join(tokens) in _WHOLE or not _MODELS.isdisjoint(tokens):
        return True
    pairs = list(pairwise(tokens))
    if tokens == ["ai"] or any({"ai"} < {*pair} and _WITH_AI & {*pair} for pair in pairs):
        return True
    if ("reward", "model") in pairs or ("command", "r") in pairs:
        return True
    if re.match(r"o[134]-(mini|preview|pro)", name):
        return True
    return _SIZE.search(name) is not None and tokens[0] not in _PEOPLE


def _named_too(tokens: list[str]) -> Author:
    """A model's where a version or a model's word follows, a person's where another name does."""
    first, rest = tokens[0], tokens[1:]
    if first == "o" and rest and _CODE.fullmatch("".join(tokens)):
        return Author.UNSURE
    if first not in _NAMES_TOO:
        return Author.PERSON
    if not rest:
        return Author.UNSURE
    if _VERSION.match(rest[0]) or rest[0] == "v" or rest[0] in _MODEL_WORDS:
        return Author.MODEL
    return Author.PERSON


class Whose(Struct, frozen=True):
    """What the user said of the names in a file: these are people's, those are models'.

    `EVERYBODY` among them stands for all names that are not said otherwise.
    """

    people: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()

    @classmethod
    def of(cls, mapping: Mapping[str, str]) -> Self:
        """What a mapping says beside its columns, names with a bar between them."""
        people, models = (
            frozenset(name.strip() for name in mapping.get(word, "").split("|") if name.strip())
            for word in WHOSE_WORDS
        )
        if twice := people & models:
            raise MappingError(f"“{min(twice)}” is said to be a person and a model. Keep one.")
        return cls(people, models)

    def _author(self, rater: str) -> Author:
        # Anonymous votes stand under the name given for all of them, Label Studio's under a prefix.
        rater = _VOTE.sub("", rater).removeprefix("annotator-")
        for name in (rater, EVERYBODY):
            if name in self.models:
                return Author.MODEL
            if name in self.people:
                return Author.PERSON
        return author_of(rater)

    def is_unsure(self, rater: str) -> bool:
        """Whether the name may be either's, and nobody said whose it is."""
        return self._author(rater) is Author.UNSURE

    def vote(self, judgment: ImportedJudgment) -> ModelVote | None:
        """The label as a model's vote; None where it is a person's. A doubtful one is a model's."""
        if self._author(judgment.rater) is Author.PERSON:
            return None
        return ModelVote(
            model=judgment.rater,
            values=judgment.values,
            tie_kinds=judgment.tie_kinds,
            rationale=judgment.rationale,
            at=judgment.at,
            side_only=judgment.side_only,
            grades=judgment.grades,
        )


def whose_question(names: Iterable[str], whose: Whose) -> ColumnQuestion | None:
    """Asks whose the doubtful ones among the names of raters are; None where there are none."""
    doubtful = sorted({name for name in names if whose.is_unsure(name)})
    if not doubtful:
        return None
    shown = ", ".join(f"“{name}”" for name in doubtful[:_SHOWN])
    more = f" and {len(doubtful) - _SHOWN} more" if len(doubtful) > _SHOWN else ""
    people, models = (
        {word: "|".join([*sorted(known), *doubtful])}
        for word, known in zip(WHOSE_WORDS, (whose.people, whose.models), strict=True)
    )
    return ColumnQuestion(
        "whose_labels",
        f"Labels by {shown}{more}: is that a person or a model?",
        (
            Meaning("a model: its votes are kept beside the task and are no judgments", models),
            Meaning("a person: the labels become judgments", people),
        ),
        guess=0,
    )
