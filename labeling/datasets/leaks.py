"""Responses that say which model wrote them: who reads one no longer judges blind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

#: Characters of a text that are looked at: far more than an answer has.
_LOOKED_AT = 200_000
#: Characters after the beginning of such a sentence in which the name is looked for.
_WINDOW = 140
#: Of a text, how many sentences of one beginning are looked at.
_SENTENCES = 2000
_FAMILIES = (
    *("chatgpt", "gpt", "claude", "gemini", "bard", "gemma", "palm", "llama", "vicuna", "alpaca"),
    *("koala", "mistral", "mixtral", "qwen", "tongyi qianwen", "deepseek", "grok", "command r"),
    *("falcon", "dolly", "openassistant", "open assistant", "stablelm", "phi", "yi", "ernie"),
    *("copilot", "bing chat", "kimi", "chatglm", "glm", "baichuan", "internlm", "nemotron"),
    *("olmo", "tulu", "tülu", "zephyr", "wizardlm", "guanaco", "jamba", "nova", "minimax"),
)
_MAKERS = (
    *("openai", "open ai", "anthropic", "google", "deepmind", "meta", "mistral", "alibaba"),
    *("deepseek", "xai", "cohere", "microsoft", "databricks", "lmsys", "stability ai", "nvidia"),
    *("zhipu", "moonshot", "baidu", "01.ai", "ai2", "tii", "ai21", "amazon", "laion"),
)
_FAMILY = "|".join(re.escape(name) for name in _FAMILIES)
_MAKER = "|".join(re.escape(name) for name in _MAKERS)
_MADE = r"(?:trained|created|developed|made|built|designed)(?: and \w+)? by"
#: How a sentence begins that says who is speaking.
_BEGINNINGS = ("i am ", "i'm ", "i’m ", "i was ", "my name is ", "call me ", "as ")
_SAYS = re.compile(
    # “I am Claude, …”, and not “I’m Gemini rising”
    rf"(?:i am|i['’]m|my name is|call me) (?:an? |the )?(?:{_FAMILY})"
    r"(?:[-\s]?[\d.]+\w*)?(?:[,.;:!)]|$| (?:an?|the|and|from|made|trained|created|built|your)\b)"
    rf"|as (?:an? )?(?:{_FAMILY})(?:[-\s]?[\d.]+\w*)?,? i\b"
    rf"|(?:i am|i['’]m|i was|as an?)\b[^.!?\n]{{0,70}}?\b{_MADE} (?:the )?(?:{_MAKER})\b"
    rf"|(?:i am|i['’]m|as an?)\b[^.!?\n]{{0,40}}?\b(?:model|assistant|ai) from (?:{_MAKER})\b"
)
_APART = re.compile(r"[\s_\-/:.]+")


@lru_cache(maxsize=256)
def _named(model: str) -> tuple[str, re.Pattern[str]] | None:
    """How a model's own name begins, and what finds it, however its parts are joined.

    None for a name of every day.

    A name is a model's own if it has letters and digits and four characters or more, such as
    `gpt-4o` or `claude-3-opus`: “baseline”, “model_a” and “v2” are words that answers have as well.
    """
    parts = [part for part in _APART.split(model.rsplit("/", 1)[-1].lower()) if part]
    joined = "".join(parts)
    family = any(name.replace(" ", "") in joined for name in _FAMILIES)
    has_both = any(map(str.isdigit, joined)) and any(map(str.isalpha, joined))
    if len(joined) < 4 or not (has_both and (family or len(joined) > 5)):
        return None
    return parts[0], re.compile(r"(?<!\w)" + r"[\s_\-/:.]?".join(map(re.escape, parts)) + r"(?!\w)")


def _introduces_itself(text: str) -> bool:
    for beginning in _BEGINNINGS:
        start = -1
        for _ in range(_SENTENCES):
            start = text.find(beginning, start + 1)
            if start < 0:
                break
            begins = not start or not text[start - 1].isalnum()
            if begins and _SAYS.match(text[start : start + _WINDOW]):
                return True
    return False


def says_who_wrote_it(texts: Iterable[str], model: str = "") -> bool:
    """Whether a text names the model that wrote it: its own name, or “I am …”, “trained by …”.

    `model` is the name under which it is stored, "" where none is known. A text that is about
    another model is none of these. Costs a pass over at most 200,000 characters a text.
    """
    name = _named(model[:200])
    for text in texts:
        read = text[:_LOOKED_AT].lower()
        if name is not None and name[0] in read and name[1].search(read):
            return True
        if _introduces_itself(read):
            return True
    return False
