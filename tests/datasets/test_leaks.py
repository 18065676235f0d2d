"""Which responses say who wrote them, and which only speak of models."""

from __future__ import annotations

import pytest

from labeling.datasets.leaks import says_who_wrote_it
from tests.budget import cost_of

SAYS = [
    ("I am ChatGPT, a large model.", ""),
    ("As an AI language model trained by OpenAI, I cannot.", ""),
    ("Hello! I’m Claude, made by Anthropic.", ""),
    ("As GPT-4, I would say so.", ""),
    ("My name is Bard", ""),
    ("I am a large language model, trained by Google.", ""),
    ("I am an assistant from DeepSeek.", ""),
    ("The GPT 4o model is best.", "openai/gpt-4o"),
    ("Ask claude_3_opus.", "claude-3-opus"),
]
SPEAKS = [
    ("Llamas live in Peru. OpenAI made ChatGPT.", "llama"),
    ("The baseline is lower.", "baseline"),
    ("Model A is better, in v2.", "model_a"),
    ("Painted as Claude Monet did.", ""),
    ("I’m Gemini rising, so I like air.", ""),
    ("The sum as phi grows.", ""),
    ("Has GPT-4 been told?", "gpt-4o-mini"),
    ("", "gpt-4o"),
]


@pytest.mark.parametrize(("text", "model"), SAYS)
def test_a_text_that_introduces_its_model_is_known(text: str, model: str) -> None:
    assert says_who_wrote_it([text], model)


@pytest.mark.parametrize(("text", "model"), SPEAKS)
def test_a_text_about_models_is_none(text: str, model: str) -> None:
    assert not says_who_wrote_it([text], model)


@pytest.mark.parametrize(
    "text",
    [
        "i am " * 200_000,
        "as gpt" * 200_000,
        "i am trained and built by " * 40_000,
        "gpt" + "-4" * 400_000,
        "i was" + " x" * 500_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    cost_of(says_who_wrote_it, [text], "gpt-4-4-4-4o")
