"""Whose a label is, by the name it is given under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.readers import OpenQuestions
from labeling.datasets.readers.whose import Author, Whose, author_of, whose_question
from labeling.datasets.rows import ImportedJudgment, MappingError

MODELS = (
    "gpt-4", "GPT-4o", "gpt4", "gpt-3.5-turbo-0125", "chatgpt", "ChatGPT", "text-davinci-003",
    "claude-3-5-sonnet", "claude-v1", "Claude 2", "claude2", "claude-instant-1.2", "Claude Opus",
    "gemini-1.5-pro", "gemini-pro", "gemma-2-9b-it", "llama", "Llama-2-70b-chat", "llama2",
    "meta-llama/Meta-Llama-3-70B-Instruct", "mistralai/Mistral-7B-Instruct-v0.2", "mistral-large",
    "mixtral-8x7b", "Qwen2.5-72B-Instruct", "deepseek-r1", "DeepSeek V3", "command-r-plus",
    "palm-2", "palm-2-chat-bison", "vicuna-13b-v1.5", "alpaca", "prometheus-eval/prometheus-7b",
    "PandaLM", "auto-j", "autoj-13b", "judgelm", "phi-3-mini", "yi-34b-chat", "AI", "ai", "LLM",
    "llm judge", "AI judge", "ai_feedback", "weighted_alpaca_eval_gpt4_turbo", "annotator-gpt-4",
    "google/gemma-7b-it", "some-new-thing-7b", "foo-70b-instruct", "reward model", "o1-preview",
    "openai/o3-mini", "anthropic/claude-opus-4", "ＧＰＴ－４", "judge gpt", "synthetic",
    "judge-claude-3-opus", "annotator_claude-3-5-sonnet", "Judge: gemini-pro", "google gemini 1.5",
    "nous-hermes-2", "claude-3-haiku@20240307", "Claude AI", "Ernie Bot", "jamba-1.5", "Tülu 3",
)  # fmt: skip
PEOPLE = (
    "kim", "r1", "rater-7", "annotator-7", "annotator1", "expert_0", "author_2", "A1B2C3", "crowd",
    "HelpSteer3 vote 1", "Claude Monet", "claude.monet@example.org", "Gemma Arterton",
    "Mistral Dubois", "Phi Nguyen", "Ai Weiwei", "Ai Tanaka", "Dolly Parton", "Palmer", "Llamas",
    "Phil", "Yi Sun", "Bardot", "Georgina", "worker 7b", "group-3b", "class 7b", "s1", "judge 3",
    "Gemini Ganesan", "Ottokar", "Aida", "Bottom", "Kai", "Maia", "sam@ai.example",
    "9f86d081884c7d659a2f", "8f14e45f-412b-4c2b-9b7b-1d2e3f405b6c", "d4",
    "张伟", "Ольга", "5", "", "annotator-ann@example.org", "bob@anthropic.com", "Jean Claude",
    "Claude R", "Claude M.", "Jamba Smith", "Olmo Rossi", "Chen Yi", "Abbott", "student 12b",
)  # fmt: skip
EITHER = (
    "Claude", "claude", "Gemma", "mistral", "Gemini", "Yi", "palm", "Ai", "o1", "Ernie", "Jamba",
    "Phi", "Tulu", "MPT", "Gemma Small", "Nova Light", "Judge Claude", "Google Gemini",
    "my-claude-3", "Jean Claude 2", "ai_team", "AI ethics rater", "Expert (AI)",
    "annotator_llm_expert", "human_gpt4_assisted", "openai_contractor",
    "anthropic.contractor@example.org", "Jan Bot", "Anna 3b", "claude | gemini",
)  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_models_name_is_known(name):
    assert author_of(name) is Author.MODEL


@pytest.mark.parametrize("name", PEOPLE)
def test_a_persons_name_is_left_alone(name):
    assert author_of(name) is Author.PERSON


@pytest.mark.parametrize("name", EITHER)
def test_a_name_of_both_is_a_question(name):
    assert author_of(name) is Author.UNSURE
    assert Whose().is_unsure(name)
    assert not Whose(people=frozenset({name})).is_unsure(name)


def is_model(whose: Whose, name: str) -> bool:
    return whose.vote(ImportedJudgment(name, {"overall": 1})) is not None


def test_the_user_has_the_last_word():
    assert not is_model(Whose.of({"people": "*"}), "gpt-4")
    assert is_model(Whose.of({"model_rater": "*"}), "kim")
    mixed = Whose.of({"people": "*", "model_rater": "claude| kim "})
    assert [is_model(mixed, name) for name in ("claude", "kim", "gpt-4")] == [True, True, False]
    assert is_model(Whose(), "claude"), "never a person's in silence"


def test_names_that_readers_make_are_whose_the_name_in_them_is():
    for made in ("claude vote 2", "annotator-claude"):
        assert Whose().is_unsure(made)
        assert not is_model(Whose.of({"people": "claude"}), made)
    assert not is_model(Whose(), "annotator-claude@example.org"), "models have no address"
    assert not is_model(Whose(), "annotator-7")


def test_nobody_is_a_person_and_a_model():
    with pytest.raises(MappingError, match="kim"):
        Whose.of({"people": "kim", "model_rater": "kim"})


def test_the_question_keeps_what_was_said_before():
    question = whose_question(["kim", "claude", "gpt-4"], Whose.of({"people": "gemma"}))
    assert question is not None
    assert question.text == "Labels by “claude”: is that a person or a model?"
    assert [dict(option.mapping) for option in question.options] == [
        {"model_rater": "claude"},
        {"people": "gemma|claude"},
    ]
    assert whose_question(["kim", "gpt-4"], Whose()) is None


@pytest.mark.parametrize(
    "name", ["Claude|", "Claude | Gemma", "claude" + "!" * 1_000, "Claude\u202e"]
)
def test_each_answer_ends_the_question_whatever_the_name(name):
    question = whose_question([name, "Phi"], Whose())
    assert question is not None
    assert len(question.text) < 200
    assert question.text.isprintable()
    for option in question.options:
        assert whose_question([name, "Phi"], Whose.of(option.mapping)) is None


@given(st.text(max_size=150))
def test_any_text_has_an_answer(name):
    assert author_of(name) in Author


@pytest.mark.parametrize("column", ["labelling_model", "judge_model", "annotation_model_name"])
def test_a_model_that_the_rows_name_as_judge_is_nobodys_label_unasked(rows, column):
    row = {"prompt": "Why?", "chosen": "So.", "rejected": "No.", column: "my-finetune"}
    with pytest.raises(OpenQuestions, match="“my-finetune”"):
        rows(row, rater="kim")
    (row_of_model,) = rows(row, rater="kim", mapping={"model_rater": "kim"})
    assert (row_of_model.judgments, len(row_of_model.model_votes)) == ((), 1)
    (row_of_kim,) = rows(row, rater="kim", mapping={"people": "kim"})
    assert [judgment.rater for judgment in row_of_kim.judgments] == ["kim"]
    assert not rows(row)[0].model_votes
