"""Splits never divide a prompt or its near-duplicates, and stay put while the data grow."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from labeling.datasets.minhash import normalised_words
from labeling.datasets.records import Message, PictureRef
from labeling.datasets.splits import RULES, SplitPrompt, plan_splits

WORDS = [f"word{i}" for i in range(4000)]


def prompt(text, age=0, *, key="", group_key=""):
    messages = text if isinstance(text, tuple) else (Message("user", text),)
    return SplitPrompt(key or f"p{age}", messages, age, group_key)


def texts(count, seed=1, length=40):
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=length)) for _ in range(count)]


def test_prompts_equal_but_for_case_spaces_and_punctuation_share_a_group():
    plan = plan_splits([prompt("Hello,  World!", 0), prompt("hello world", 1), prompt("Bye", 2)])
    assert plan.group_of("p0") == plan.group_of("p1") != plan.group_of("p2")


def test_a_few_changed_words_in_a_long_prompt_make_no_new_group():
    (long,) = texts(1, length=120)
    changed = long.replace(long.split()[60], "SOMETHING", 1)
    plan = plan_splits(
        [prompt(long, 0), prompt(changed, 1), *map(prompt, texts(50, 2), range(2, 52))]
    )
    assert plan.group_of("p0") == plan.group_of("p1")
    assert plan.describe()["groups"] == 51


def test_different_short_prompts_stay_apart():
    plan = plan_splits([prompt("Write a poem about cats", 0), prompt("Write a poem about dogs", 1)])
    assert plan.group_of("p0") != plan.group_of("p1")


def test_a_shared_group_key_keeps_prompts_together():
    plan = plan_splits([prompt("one", 0, group_key="g"), prompt("two", 1, group_key="g")])
    assert plan.group_of("p0") == plan.group_of("p1")


@pytest.mark.parametrize("name", ["group", "conversation"])
def test_prompts_that_name_one_group_or_conversation_stay_together(name):
    rest = [prompt(text, age) for age, text in enumerate(texts(20, 3), 2)]
    first, second = (
        replace(prompt(text, age), **{name: "g"}) for age, text in enumerate(("one", "two"))
    )
    plan = plan_splits([first, second, *rest])
    assert plan.group_of("p0") == plan.group_of("p1") != plan.group_of("p2")
    assert plan.joined[name] == 1


def test_two_turns_of_one_dialogue_stay_together():
    opening = Message("user", "How do I keep a sourdough starter alive over a long holiday?")
    later = (opening, Message("assistant", "Feed it."), Message("user", "And in the freezer?"))
    plan = plan_splits([prompt((opening,), 0), prompt(later, 1)])
    assert plan.group_of("p0") == plan.group_of("p1")


def test_one_question_about_many_pictures_is_many_prompts_and_one_picture_stays_together():
    def asked(text: str, *pictures: str) -> tuple[Message, ...]:
        shown = tuple(PictureRef(name * 64, 9, 9, "png", 9) for name in pictures)
        return (Message("user", text, images=shown),)

    long = "Describe what you see in this picture, in one sentence of plain words."
    plan = plan_splits(
        [
            *(prompt(asked(long, name), age) for age, name in enumerate("abcd")),
            *(prompt(asked("", name), age) for age, name in enumerate("efgh", 4)),
            prompt(asked("How many dogs?", "a", "x"), 8),
            prompt(asked("Which colour?", "x"), 9),
        ]
    )
    groups = {plan.group_of(f"p{age}") for age in range(8)}
    assert len(groups) == 8
    assert plan.group_of("p0") == plan.group_of("p8") == plan.group_of("p9")
    assert plan.joined["same_picture"] == 2


def test_prompts_of_punctuation_alone_are_not_all_the_same():
    plan = plan_splits([prompt("???", 0), prompt("!", 1)])
    assert plan.group_of("p0") != plan.group_of("p1")


def test_words_are_found_in_scripts_without_spaces():
    assert normalised_words("今天天气") == ["今", "天", "天", "气"]


def test_adding_younger_prompts_moves_none_of_the_older():
    old = [prompt(text, age) for age, text in enumerate(texts(300))]
    young = [prompt(text, age) for age, text in enumerate(texts(300, 2), start=300)]
    young += [prompt(p.messages[0].content + " indeed", p.age + 1000) for p in old[:100]]
    before, after = plan_splits(old), plan_splits(old + young)
    assert [before.split_of(p.key) for p in old] == [after.split_of(p.key) for p in old]


def test_the_oldest_member_decides():
    (text,) = texts(1)
    alone = plan_splits([prompt(text, 0, key="old")])
    joined = plan_splits([prompt(text + " more", 9, key="new"), prompt(text, 0, key="old")])
    assert joined.split_of("new") == joined.split_of("old") == alone.split_of("old")


def test_the_order_of_reading_changes_nothing():
    prompts = [prompt(text, age) for age, text in enumerate(texts(100))]
    forward, back = plan_splits(prompts), plan_splits(reversed(prompts))
    assert {p.key: forward.split_of(p.key) for p in prompts} == {
        p.key: back.split_of(p.key) for p in prompts
    }


def test_shares_are_met_roughly_and_another_salt_draws_anew():
    prompts = [prompt(text, age) for age, text in enumerate(texts(2000, length=12))]
    plan, other = plan_splits(prompts), plan_splits(prompts, salt="other")
    counts = plan.describe()["prompts_per_split"]
    assert isinstance(counts, dict)
    assert 0.77 < counts["train"] / 2000 < 0.83
    assert any(plan.split_of(p.key) != other.split_of(p.key) for p in prompts)


@pytest.mark.parametrize("shares", [(0.5, 0.1, 0.1), (1.2, -0.1, -0.1), (float("nan"), 0.5, 0.5)])
def test_shares_that_do_not_add_up_are_refused(shares):
    with pytest.raises(ValueError, match="add up to 1"):
        plan_splits([], shares=shares)


def test_two_prompts_of_one_key_are_refused():
    with pytest.raises(ValueError, match="same key"):
        plan_splits([prompt("a", 0, key="k"), prompt("b", 1, key="k")])


def test_no_prompts_make_an_empty_plan():
    assert plan_splits([]).describe()["prompts"] == 0


@pytest.mark.parametrize("threshold", [0.4, 1.1, float("nan")])
def test_a_threshold_that_means_nothing_is_refused(threshold):
    with pytest.raises(ValueError, match=r"from 0\.5 to 1"):
        plan_splits([], threshold=threshold)


@pytest.mark.parametrize(("shares", "name"), [((1, 0, 0), "train"), ((0, 0, 1), "test")])
def test_a_share_of_one_takes_every_prompt(shares, name):
    plan = plan_splits(map(prompt, texts(200), range(200)), shares=shares)
    assert {plan.split_of(f"p{age}") for age in range(200)} == {name}


def test_vowel_marks_tell_words_apart():
    assert normalised_words("की का") == ["की", "का"]


SYSTEM = Message("system", " ".join(WORDS[:300]))


def test_a_long_system_prompt_alone_joins_nothing():
    plan = plan_splits(
        prompt((SYSTEM, Message("user", text)), age)
        for age, text in enumerate([*texts(20), *texts(20, 2, length=3), "hi", "bye"])
    )
    assert plan.describe()["groups"] == 42


def test_one_short_question_under_unlike_system_prompts_is_not_one_prompt():
    plan = plan_splits(
        prompt((Message("system", text), Message("user", "Summarise the above.")), age)
        for age, text in enumerate(texts(20))
    )
    assert plan.describe()["groups"] == 20


def test_one_short_question_under_nearly_equal_system_prompts_is_one_prompt():
    dated = [Message("system", f"{SYSTEM.content} Today is {day} May") for day in range(5)]
    plan = plan_splits(
        prompt((system, Message("user", "Cancel my order")), age)
        for age, system in enumerate(dated)
    )
    assert plan.describe()["groups"] == 1


def test_branches_of_a_short_opening_stay_with_it():
    """The user says little at first: whole turns are compared until enough is said."""
    hello = (Message("user", "Hi"),)
    more = (*hello, Message("assistant", "Hello!"), Message("user", "a joke?"))
    other = (*hello, Message("assistant", "Yes?"), Message("user", "some advice"))
    alone = (Message("user", "Hi there"),)
    plan = plan_splits(map(prompt, [more, other, hello, alone], range(4)))
    assert plan.group_of("p0") == plan.group_of("p1") == plan.group_of("p2")
    assert plan.group_of("p3") != plan.group_of("p0")


def test_a_long_turn_after_unlike_openings_joins_nothing():
    again = Message("user", "Please explain that again, in simpler words and with an example")
    talks = [
        (Message("user", f"What is {word}?"), Message("assistant", text), again)
        for word, text in zip(WORDS[:20], texts(20), strict=True)
    ]
    assert plan_splits(map(prompt, talks, range(20))).describe()["groups"] == 20


def test_short_openings_alone_join_nothing():
    """Nobody asked for a response to the bare greeting, so nothing was judged twice."""
    talks = [
        (Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", text))
        for text in texts(20, length=6)
    ]
    assert plan_splits(map(prompt, talks, range(20))).describe()["groups"] == 20


def test_prompts_of_one_short_template_stay_apart():
    plan = plan_splits(
        prompt(f"Write a poem about {a} in the style of {b}", age)
        for age, (a, b) in enumerate(zip(WORDS[:100], WORDS[100:200], strict=True))
    )
    assert plan.describe()["groups"] == 100


def test_a_long_template_is_one_group_with_a_warning_and_a_higher_threshold_parts_it():
    words = WORDS[:100]
    made = [prompt(" ".join([*words, f"x{i}", f"y{i}", *words[:4]]), i) for i in range(50)]
    plan = plan_splits([*made, prompt("something else", 99)])
    report = plan.describe()
    assert report["largest_groups"] == [50, 1]
    assert plan.notes() == [
        "One group holds 50 of the 51 prompts (98%), because they resemble each other or carry the "
        "same group key: prompts made from one long template do. All of them are in one split, so "
        "compare the sizes of the splits with the wished shares."
    ]
    assert plan_splits(made, threshold=1).describe()["groups"] == 50


def test_the_report_adds_up():
    plan = plan_splits(map(prompt, texts(50) * 2, range(100)))
    report: dict[str, Any] = dict(plan.describe())
    assert report["prompts"] == 100
    assert report["groups"] == report["repeated_prompts"] == 50
    assert report["prompts_alone"] == 0
    assert sum(report["prompts_per_split"].values()) == 100
    assert sum(report["groups_per_split"].values()) == 50
    assert [*report["joined_by"]] == [rule for rule in RULES if rule != "same_picture"]
    assert report["joined_by"]["same_text"] == 50
    assert plan.notes() == []
