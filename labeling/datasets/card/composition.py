"""What a release is for, what it holds, and how judgments became rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from labeling.datasets.card.tables import bullets, counts, markdown_table, number_of
from labeling.datasets.card.text import code_span, inline, line, prose, quote
from labeling.datasets.context import ReleaseContext
from labeling.datasets.layout import Layout
from labeling.datasets.splits import RULES, SPLITS

#: Counts that are left out where no row says what they count.
_IF_SAID = frozenset({"tasks_per_licence", "tasks_per_permitted_use"})
#: What is said of responses that came off well, by the kind of rows; nothing where none can.
_WON = {"ratings": "", "rules": "Of these keeping the rule"}


def summary(manifest: Mapping[str, Any], total: int) -> str:
    """What this is in one paragraph, and what to know before anything else."""
    figures, recipe, shape = manifest["figures"], manifest["recipe"], manifest["format"]
    text = (
        f"{total:,} {recipe['rows_are']} from {number_of(figures['judgments'], 'judgment')} by "
        f"{number_of(figures['raters'], 'rater')} on {number_of(figures['tasks'], 'task')} "
        f"({number_of(figures['prompts'], 'prompt')}).\n\n"
    )
    text += bullets(
        (
            f"Recipe: **{recipe['title']}** ({code_span(recipe['key'])})",
            f"Format: **{shape['title']}** ({code_span(shape['key'])}, {shape['file_type']})",
        )
    )
    if manifest["warnings"]:
        text += "\nKnow this before you train:\n\n" + bullets(
            line(f"{warning['criterion']}: {warning['text']}") for warning in manifest["warnings"]
        )
    return text


def motivation(context: ReleaseContext, manifest: Mapping[str, Any]) -> str:
    """What the raters were asked, and what the owner says it is for."""
    asked = bullets(
        f"**{inline(criterion['wording'])}** ({code_span(key)}, "
        f"scale {code_span(criterion['scale'])}"
        f"{', the primary criterion' if criterion['primary'] else ''})"
        for key, criterion in manifest["criteria"].items()
    )
    purpose = (
        f"The owner of the project says:\n\n{quote(context.description)}\n"
        if context.description.strip()
        else "The owner of the project has not stated a purpose.\n"
    )
    return (
        "The rows say which responses people preferred, so that models can be trained on those "
        f"preferences and tested against them. Raters were asked:\n\n{asked}\n{purpose}"
    )


def composition(manifest: Mapping[str, Any], shape: Mapping[str, str]) -> str:
    """Files, rows in and out, splits, and what the tasks are about."""
    figures = manifest["figures"]
    about = [
        counts(title, figures[key])
        for title, key in (
            ("Tasks per category", "tasks_per_category"),
            ("Tasks per language", "tasks_per_language"),
            ("Tasks per licence of their texts", "tasks_per_licence"),
            ("Tasks per permitted use", "tasks_per_permitted_use"),
            ("Responses in rows, per model", "rows_per_model"),
            (_WON.get(manifest["recipe"]["rows_are"], "Of these preferred"), "rows_won_per_model"),
        )
        if title and not (key in _IF_SAID and set(figures[key]) <= {"(none)"})
    ]
    if empty := figures["responses_empty"]:
        are = "is" if empty == 1 else "are"
        about.append(
            f"Of {number_of(figures['responses'], 'response')}, {empty:,} {are} empty: the model "
            "answered nothing."
        )
    return "\n".join(
        (
            "### What the files hold\n\n" + _named(shape),
            "### Rows in, rows out\n\n" + _ledgers(manifest),
            "### Splits\n\n" + _splits(manifest),
            "### Categories, languages and models\n\n" + "\n\n".join(about) + "\n",
            "### Personal and sensitive information\n\n" + _personal(figures),
        )
    )


def metadata_in_words(layout: Layout) -> dict[str, str]:
    """What becomes of imported metadata, where there is some."""
    if not layout.needs.metadata:
        return {}
    if not layout.shape.carries_metadata:
        sentence = "What the import kept of a task beyond its texts has no place in these files."
    else:
        sentence = (
            "`metadata` is what the import kept of the task beyond its texts, as JSON; `{}` where "
            "it kept nothing. Names, ids and addresses of whoever judged elsewhere are left out. "
            "Nobody has searched the rest for personal data."
        )
    return {"Metadata": sentence}


def labeling(manifest: Mapping[str, Any]) -> str:
    """The recipe's policies and the choices of whoever asked for the release."""
    recipe = manifest["recipe"]
    chosen = {**recipe["policy"], **recipe["options_in_words"]}
    figures = manifest["figures"]
    strengths: Counter[str] = Counter()
    for value, n in sorted(figures["values"].items(), key=lambda item: abs(int(item[0]))):
        strengths[value.removeprefix("-")] += n
    if figures["side_only"]:
        strengths["not told"] = figures["side_only"]
    said = (
        "\n\n".join(_values_of(key, part) for key, part in manifest["criteria"].items())
        if manifest["criterion"]["answer"] == "rate"
        else f"{counts('Strength of the preferences', strengths)}\n\n"
        f"{counts('Ties', manifest['figures']['ties'])}"
    )
    return (
        f"{_named(chosen)}\n{said}\n\n"
        f"{_balance(manifest['figures'])}"
        "Prompts and responses are as the project holds them: no chat template is applied, nothing "
        "is shortened. Halves of characters that UTF-8 cannot hold became U+FFFD.\n"
    )


def _values_of(key: str, criterion: Mapping[str, Any]) -> str:
    """How often each value of a rating was given, and how often none."""
    figures = criterion["figures"]
    numbers = {**figures["values"]}
    numbers |= {name.replace("_", " "): n for name, n in figures["without_value"].items()}
    return counts(f"Values on {code_span(key)}", numbers)


def _balance(figures: Mapping[str, Any]) -> str:
    """Good and bad responses, and the weights that make them even."""
    weights = figures["kto_weights"]
    if not weights:
        return ""
    labelled = counts("Responses labelled", figures["labels"])
    low, high = weights["desirable"]
    few, many = weights["undesirable"]
    return (
        f"{labelled} For KTO take a `desirable_weight` from {low:.3f} to {high:.3f}, or an "
        f"`undesirable_weight` from {few:.3f} to {many:.3f}, and leave the other at 1.\n\n"
    )


def _ledgers(manifest: Mapping[str, Any]) -> str:
    """The rows of the whole release and, where there are several, of each criterion."""
    made = manifest["recipe"]["rows_are"]
    parts = [_ledger(manifest["counts"], made)]
    if len(manifest["criteria"]) > 1:
        parts += [
            f"On {code_span(key)}:\n\n{_ledger(criterion['counts'], made)}"
            for key, criterion in manifest["criteria"].items()
        ]
    for name, count in manifest["counts"]["never_read"].items():
        if count:
            judgments = number_of(count, f"{name.replace('_', ' ')} judgment")
            parts.append(f"Never read, and so no row in: {judgments}.\n")
    if lost := manifest["figures"]["reasoning_left_out"]:
        rows = number_of(lost, "row")
        parts.append(
            f"Written without their models' reasoning, which the format has no place for: {rows}.\n"
        )
    if words := manifest["figures"].get("final_words"):
        parts.append(f"Decided or looked through by reviewers: {number_of(words, 'final word')}.\n")
    left = manifest["figures"]["judgments_left_out"]
    if left:
        parts.append(counts("Judgments that are no data", left) + "\n")
    return "\n".join(parts)


def _ledger(ledger: Mapping[str, Any], made: str) -> str:
    unit = ledger["unit"]
    rows = [(f"{unit}s in", f"{ledger['rows_in']:,}")]
    for drop in ledger["dropped"].values():
        rows.append((f"left out: {inline(drop['because'])}", f"{drop['rows']:,}"))
    rows.append((f"**{made} out**", f"**{ledger['rows_out']:,}**"))
    return markdown_table((f"a row in is a {unit}", "rows"), rows, numbers=1)


def _splits(manifest: Mapping[str, Any]) -> str:
    splits = manifest["splits"]
    text = (
        "Prompts form groups, and a group is never divided: the hash of its oldest prompt decides "
        "the split, so that splits stay put while the data grow. "
        f"{number_of(splits['prompts'], 'prompt')} of the project form "
        f"{number_of(splits['groups'], 'group')}; the largest has {splits['largest_group']:,}.\n\n"
    )
    joins = [
        (rule.replace("_", " "), RULES[rule], f"{n:,}") for rule, n in splits["joined_by"].items()
    ]
    text += markdown_table(("two prompts are joined by", "when", "links"), joins, numbers=1)
    text += f"\nThe threshold of similarity is {splits['threshold']}.\n\n"
    rows = [
        (code_span(name), *(f"{per_split.get(split, 0):,}" for split in SPLITS))
        for name, per_split in manifest["rows"].items()
    ]
    text += markdown_table(("configuration", *SPLITS), rows, numbers=len(SPLITS))
    return text + "".join(f"\n{line(note)}\n" for note in manifest["notes"])


def _personal(figures: Mapping[str, Any]) -> str:
    sentences = [
        "Raters appear under pseudonyms made for this release alone, and no name, e-mail address "
        "or user id is in the files. Whoever holds two releases of one project may still find a "
        "judgment in both by its task, its time and its words.",
        "Prompts and responses are as they were imported. Nobody has searched them for personal "
        "data: do so before you publish them.",
    ]
    if rationales := figures["judgments_with_rationale"]:
        sentences.append(
            f"{number_of(rationales, 'judgment')} came with a rationale in the rater's own words, "
            "which may tell who wrote it."
        )
    if flags := figures["judgments_per_flag"]:
        sentences.append(counts("Raters flagged", flags))
    return bullets(sentences)


def _named(policy: Mapping[str, str]) -> str:
    return bullets(f"**{prose(name)}**: {prose(text)}" for name, text in policy.items())
