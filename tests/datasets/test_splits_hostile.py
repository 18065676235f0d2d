"""Whatever the prompts and the salt: what belongs together is never divided, and old rows stay."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.minhash import normalised_words
from labeling.datasets.records import Message
from labeling.datasets.splits import SplitPlan, SplitPrompt, plan_splits

LONG = [f"stone{i}" for i in range(60)]
SYSTEMS = ["", "Be kind.", " ".join(f"rule{i}" for i in range(80))]
PHRASES = [
    "Hi",
    "hi!!",
    "ok",
    "?",
    " ",
    "HOW do I  bake bread, please tell me now",
    "how do i bake bread please tell me now?",
    " ".join(LONG),
    " ".join([*LONG[:30], "pebble", *LONG[31:]]),
    " ".join([*LONG[:30], "pebble", *LONG[31:45], "sand", *LONG[46:]]),
    "\ud800 broken \0 text",
    "今天天气怎么样",
]

phrases = st.sampled_from(PHRASES) | st.text(max_size=30)
salts = st.text(max_size=8)
three = st.tuples(*[st.integers(0, 4)] * 3).filter(any)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Message, ...]:
    """A conversation that ends with its user, under a system prompt or none."""
    system = draw(st.sampled_from(SYSTEMS))
    turns = draw(st.lists(phrases, min_size=1, max_size=4))
    said = [Message("system", system)] if system else []
    for place, text in enumerate(turns):
        said += [Message("assistant", draw(phrases))] if place else []
        said.append(Message("user", text))
    return tuple(said)


@st.composite
def projects(draw: st.DrawFn) -> list[SplitPrompt]:
    """Prompts among which are the earlier choice points of others, in any order of age."""
    talks = draw(st.lists(conversations(), min_size=1, max_size=6))
    for talk in list(talks):
        ends = [place for place, said in enumerate(talk, 1) if said.role == "user"]
        talks += [talk[:end] for end in draw(st.lists(st.sampled_from(ends), max_size=2))]
    keys = draw(st.lists(st.sampled_from(["", "", "a", "b"]), min_size=len(talks)))
    ages = draw(st.lists(st.integers(0, 5), min_size=len(talks)))
    return [
        SplitPrompt(f"p{row}", talk, age, key)
        for row, (talk, age, key) in enumerate(zip(talks, ages, keys, strict=False))
    ]


def words(talk: tuple[Message, ...]) -> list[str]:
    return [word for said in talk for word in normalised_words(said.content)]


def belong_together(a: SplitPrompt, b: SplitPrompt) -> bool:
    """Said anew, without digests: one key, one text, or one conversation begun by the other."""
    short = min(len(a.messages), len(b.messages))
    return (
        bool(a.group_key and a.group_key == b.group_key)
        or words(a.messages) == words(b.messages)
        # A turn without a word is no choice point: nothing was asked.
        or (
            a.messages[:short] == b.messages[:short]
            and any(m.role == "user" and normalised_words(m.content) for m in a.messages[:short])
        )
    )


def placed(plan: SplitPlan, prompts: list[SplitPrompt]) -> dict[str, tuple[str, str]]:
    return {p.key: (plan.group_of(p.key), plan.split_of(p.key)) for p in prompts}


@given(projects(), three, salts)
def test_nothing_in_one_split_shares_a_group_with_another_for_any_salt(prompts, parts, salt):
    shares = tuple(part / sum(parts) for part in parts)
    where = placed(plan_splits(prompts, shares=shares, salt=salt), prompts)
    split_of_group: dict[str, str] = {}
    for group, split in where.values():
        assert split_of_group.setdefault(group, split) == split
    assert all(
        dict(zip(("train", "validation", "test"), parts, strict=True))[s] for _, s in where.values()
    )


@given(projects())
def test_what_belongs_together_shares_a_group(prompts):
    plan = plan_splits(prompts)
    for a, b in combinations(prompts, 2):
        if belong_together(a, b):
            assert plan.group_of(a.key) == plan.group_of(b.key), (a, b)


@given(projects(), st.randoms(use_true_random=False))
def test_prompts_in_any_order_have_the_same_plan(prompts, random):
    mixed = list(prompts)
    random.shuffle(mixed)
    first, second = plan_splits(prompts), plan_splits(iter(mixed))
    assert placed(first, prompts) == placed(second, prompts)
    assert first.describe() == second.describe()


@given(projects(), projects(), salts)
def test_an_old_prompt_moves_only_when_its_group_joins_an_older_one(old, young, salt):
    young = [SplitPrompt(f"y{p.key}", p.messages, p.age + 6, p.group_key) for p in young]
    before, after = plan_splits(old, salt=salt), plan_splits([*old, *young], salt=salt)
    was, now = placed(before, old), placed(after, old)
    by_age = sorted(old, key=lambda p: (p.age, p.key))
    for place, p in enumerate(by_age):
        for q in by_age[place + 1 :]:
            if was[p.key][0] == was[q.key][0]:
                assert now[p.key][0] == now[q.key][0], "A group is never parted."
        oldest = next(q for q in by_age if now[q.key][0] == now[p.key][0])
        if was[oldest.key][0] == was[p.key][0]:
            assert now[p.key] == was[p.key], "The group has the oldest prompt it had."


@given(st.lists(st.sampled_from(LONG), min_size=1, max_size=50), st.data())
def test_case_white_space_and_punctuation_make_no_new_group(said, data):
    joints = data.draw(
        st.lists(st.sampled_from([" ", "\n\n", ", ", " -- ", "\u3000", "! "]), min_size=len(said))
    )
    plain = " ".join(said)
    dressed = "".join(word.upper() + joint for word, joint in zip(said, joints, strict=False))
    twins = [SplitPrompt(t, (Message("user", t),), age) for age, t in enumerate([plain, dressed])]
    plan = plan_splits(twins)
    assert plan.group_of(plain) == plan.group_of(dressed)


@given(st.integers(0, 59), st.permutations(range(8)))
def test_a_chain_of_near_duplicates_is_one_group_in_any_order_of_age(start, ages):
    """Its ends share nothing; each link has two words of a hundred changed."""
    said = [f"{word}{part}" for part in "ab" for word in LONG]
    chain = []
    for link in range(8):
        for step in range(2):
            said[(start + 7 * link + step) % len(said)] = f"new{link}x{step}"
        chain.append(SplitPrompt(f"p{link}", (Message("user", " ".join(said)),), ages[link]))
    plan = plan_splits(chain)
    assert len({plan.group_of(p.key) for p in chain}) == 1
