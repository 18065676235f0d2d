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
from msgspec.structs import asdict

from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.questions import ColumnQuestion, Meaning
from labeling.datasets.rows import ImportedJudgment, MappingError, ModelVote

#: Words of a mapping that name no column: whose labels those of these names are.
WHOSE_WORDS = ("people", "model_rater")
#: Stands for every name that is not said to be somebody's.
EVERYBODY = "*"
#: Names that a question lists, and characters of each.
_SHOWN = 5
_NAME = 60


class Author(StrEnum):
    """Who gave a label."""

    PERSON = "person"
    MODEL = "model"
    UNSURE = "unsure"


#: Families of models, judges and ways of judging whose word is nobody's name.
_MODELS = frozenset(
    (
        *("gpt", "chatgpt", "davinci", "llama", "codellama", "llamaguard", "mixtral", "qwen"),
        *("qwq", "deepseek", "vicuna", "alpaca", "wizardlm", "openchat", "chatglm"),
        *("internlm", "baichuan", "dbrx", "stablelm", "oasst"),
        *("guanaco", "pandalm", "prometheus", "judgelm", "autoj", "armorm", "grok", "minimax"),
        *("flan", "bloomz", "exaone", "nemotron", "ministral", "pixtral", "codestral", "smollm"),
        *("llm", "llms", "rlaif", "openai", "anthropic", "chatbot", "copilot"),
    )
)
#: Families whose word is a name of people too, or their initials.
_NAMES_TOO = frozenset(
    (
        *("claude", "gemini", "gemma", "mistral", "palm", "phi", "yi", "bard", "falcon", "koala"),
        *("dolly", "nova", "zephyr", "starling", "hermes", "orca", "bloom", "ernie", "kimi"),
        *("titan", "jurassic", "command", "sonnet", "opus", "haiku", "solar", "shepherd"),
        *("jamba", "olmo", "tulu", "tülu", "glm", "mpt"),
    )
)
#: What follows a family's word in the name of a model.
_MODEL_WORDS = frozenset(
    (
        *("instruct", "chat", "it", "sft", "dpo", "rlhf", "instant", "turbo", "mini", "nano"),
        *("micro", "tiny", "small", "medium", "large", "base", "pro", "flash", "ultra", "plus"),
        *("lite", "next", "preview", "latest", "beta", "alpha", "api", "bot", "ai", "sonnet"),
        *("opus", "haiku", "judge", "nightly", "light", "bison", "vision", "think"),
    )
)
#: Of those, what people are called too: “Gemma Small” may be either's.
_SURNAMES = frozenset(("small", "large", "light", "base", "alpha", "judge"))
#: What whoever judges is called, a person or a machine.
_ROLES = frozenset(
    (
        *("judge", "judges", "rater", "annotator", "labeler", "labeller", "critic", "evaluator"),
        *("grader", "reviewer"),
    )
)
#: What a judge by a machine is called beside a model's name.
_WITH_AI = _ROLES | {
    *("feedback", "model", "assistant", "preference", "generated", "label", "labels")
}
#: Whose models they are, and where they run.
_MAKERS = frozenset(
    (
        *("google", "amazon", "aws", "bedrock", "azure", "vertex", "microsoft", "meta", "nous"),
        *("moonshot", "baidu", "cohere", "tiiuae", "allenai", "zai", "openrouter"),
    )
)
_WHOLE = frozenset({"auto", "automatic", "machine", "synthetic", "model", "model judge", "auto j"})
#: What people without names are called, and no model is.
_PEOPLE = frozenset(
    (
        *("worker", "user", "expert", "author", "person", "people", "participant", "subject"),
        *("student", "crowd", "coder", "human", "group", "team", "class", "member", "contractor"),
        *("tester", "researcher", "engineer", "staff", "lab"),
    )
)
_TOKEN = re.compile(r"[a-zà-öø-ÿ]+|\d+(?:\.\d+)*[a-z]*|[^\W\d_]+")
_VERSION = re.compile(r"v?\d")
#: A number of parameters after a name: -7b, -1.5b, -70b-instruct, -8x7b.
_SIZE = re.compile(r"(?P<gap>[-_ /])\d{1,3}(?:\.\d+)?(?:x\d{1,3})?b(?![a-z\d])")
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@.]+")
#: The Japanese first name, as it is written; what is written otherwise is a machine.
_AI_AS_NAME = re.compile(r"\bAi\b")
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
    is_address = _ADDRESS.fullmatch(plain) is not None
    # Of an address, what stands before the sign is the name.
    local = plain.casefold().split("@")[0]
    tokens = _TOKEN.findall(local)
    if not tokens or _HASH.fullmatch(local):
        return Author.PERSON
    if _is_model(local, tokens):
        return Author.MODEL if _PEOPLE.isdisjoint(tokens) else Author.UNSURE
    if is_address:
        return Author.PERSON
    author = _named_too(local, tokens)
    by_machine = "bot" in tokens or ("ai" in tokens and not _AI_AS_NAME.search(plain))
    sized = _SIZE.search(local) is not None and (_PEOPLE | _ROLES).isdisjoint(tokens)
    return Author.UNSURE if author is Author.PERSON and (by_machine or sized) else author


def _is_model(name: str, tokens: list[str]) -> bool:
    if " ".join(tokens) in _WHOLE or not _MODELS.isdisjoint(tokens):
        return True
    pairs = list(pairwise(tokens))
    if name == "ai" or any({"ai"} < {*pair} and _WITH_AI & {*pair} for pair in pairs):
        return True
    if ("reward", "model") in pairs or ("command", "r") in pairs:
        return True
    if re.match(r"o[134]-(mini|preview|pro)", name):
        return True
    size = _SIZE.search(name)
    return size is not None and size["gap"] in "-/" and tokens[0] not in _PEOPLE | _ROLES


def _named_too(name: str, tokens: list[str]) -> Author:
    """Whose a name is that has a word of models and of people.

    A version or a model's word behind it tells a model, where only makers and judges stand before
    it; another name beside it tells a person.
    """
    # What stands before a stroke is an organisation's.
    start = len(_TOKEN.findall(name.rsplit("/", 1)[0])) if "/" in name else 0
    while start < len(tokens) and tokens[start] in _MAKERS | _ROLES:
        start += 1
    if _CODE.fullmatch("".join(tokens[start:])):
        return Author.UNSURE
    for place, token in enumerate(tokens):
        if token in _NAMES_TOO and (author := _followed(name, tokens[place:], place <= start)):
            return author
    return Author.PERSON


def _followed(name: str, tokens: list[str], is_first: bool) -> Author | None:
    """Whose a name is by what follows its doubtful word; None where that says nothing."""
    follows = tokens[1] if len(tokens) > 1 else ""
    if _VERSION.match(follows) or follows in _MODEL_WORDS or follows == "v":
        may_be_surname = follows in _SURNAMES and f" {follows}" in name
        return Author.MODEL if is_first and not may_be_surname else Author.UNSURE
    if follows in _ROLES | _PEOPLE | _NAMES_TOO or (is_first and not follows):
        return Author.UNSURE
    return None


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

    def leaves_open(self, rater: str) -> bool:
        """Whether nobody said whose the name is, and it does not look like a model's."""
        said = {rater, EVERYBODY} & (self.people | self.models)
        return not said and author_of(rater) is Author.PERSON

    def is_unsure(self, rater: str) -> bool:
        """Whether the name may be either's, and nobody said whose it is."""
        return _author_to(self, rater) is Author.UNSURE

    def vote(self, judgment: ImportedJudgment) -> ModelVote | None:
        """The label as a model's vote; None where it is a person's. A doubtful one is a model's."""
        if _author_to(self, judgment.rater) is Author.PERSON:
            return None
        return ModelVote(**{**asdict(judgment), "is_final": False})


@lru_cache(maxsize=4096)
def _author_to(whose: Whose, rater: str) -> Author:
    # Anonymous votes stand under the name given for all of them, Label Studio's under a prefix.
    rater = _VOTE.sub("", rater).removeprefix("annotator-")
    for name in (rater, EVERYBODY):
        if name in whose.models:
            return Author.MODEL
        if name in whose.people:
            return Author.PERSON
    return author_of(rater)


def whose_question(
    names: Iterable[str], whose: Whose, label_rater: str = "", judge: str = ""
) -> ColumnQuestion | None:
    """Asks whose the doubtful ones among the names of raters are; None where there are none.

    Where a column names the `judge`, a model, the name that the user gave is doubtful too.
    """
    doubted = {label_rater} if judge and label_rater and whose.leaves_open(label_rater) else set()
    doubtful = sorted({name for name in names if whose.is_unsure(name)} | doubted)
    if not doubtful:
        return None
    shown = ", ".join(f"“{visible(name, _NAME)}”" for name in doubtful[:_SHOWN])
    named_judge = (
        f"The rows name a model that judged, “{visible(judge, _NAME)}”. " if doubted else ""
    )
    more = f" and {len(doubtful) - _SHOWN} more" if len(doubtful) > _SHOWN else ""
    # A name that holds the bar itself can only be spoken of with all others.
    named = [EVERYBODY] if any("|" in name for name in doubtful) else doubtful
    people, models = (
        {word: "|".join([*sorted(known), *named])}
        for word, known in zip(WHOSE_WORDS, (whose.people, whose.models), strict=True)
    )
    return ColumnQuestion(
        "whose_labels",
        f"{named_judge}Labels by {shown}{more}: is that a person or a model?",
        (
            Meaning("a model: its votes are kept beside the task and are no judgments", models),
            Meaning("a person: the labels become judgments", people),
        ),
        guess=0,
    )
