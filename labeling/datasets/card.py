"""README.md of a release: front matter that loaders read, and a card that people read.

Front matter as the hub's dataset repositories use it; headings after "Datasheets for Datasets"
(Gebru et al., arXiv:1803.09010) and the hub's card template.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from labeling.datasets.files import FileInfo
from labeling.datasets.formats.columns import Table
from labeling.datasets.judging import Books
from labeling.datasets.layout import Layout
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.records import ReleaseContext
from labeling.datasets.splits import SPLITS

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))


def make_card(
    *,
    context: ReleaseContext,
    books: Sequence[Books],
    layout: Layout,
    file_type: str,
    manifest: Mapping[str, Any],
    files: Sequence[FileInfo],
) -> str:
    """The whole README.md."""
    rows = manifest["rows"]
    recipe, shape = books[0].recipe, layout.shape
    policy = {**recipe.explain(), **recipe.options.explain()}
    parts = [
        _front_matter(context, layout, recipe, manifest, files),
        f"# {_line(context.name)}\n",
        _summary(context, recipe, layout, manifest),
        "## How to load it\n\n```python\n"
        + shape.load_code("path/to/this/folder", file_type)
        + "```\n",
        "## Rows in, rows out\n\n" + _ledger(manifest["counts"], recipe),
        "## Splits\n\n" + _splits(manifest["splits"], rows, manifest["notes"]),
        "## How judgments became rows\n\n" + _bullets(policy),
        "## What the files hold\n\n" + _bullets(shape.explain()),
        "## Who judged, and how well they agree\n\n" + _people(manifest),
        "## Guideline\n\n" + _guideline(context),
        "## Limits\n\n" + _limits(context),
        "## Licence\n\n" + _licence(context),
        "## Provenance\n\n" + _provenance(context),
    ]
    return "\n".join(parts)


def _front_matter(
    context: ReleaseContext,
    layout: Layout,
    recipe: Recipe,
    manifest: Mapping[str, Any],
    files: Sequence[FileInfo],
) -> str:
    """YAML between two lines of dashes. JSON is YAML, so that no text can break out of it."""
    languages = [
        name for name in manifest["figures"]["tasks_per_language"] if _is_language_code(name)
    ]
    total = _main_rows(layout, recipe, manifest)
    lines = ["---", f"pretty_name: {json.dumps(context.name)}"]
    lines.append(f"license: {json.dumps(context.licence)}")
    if languages:
        lines.append(f"language: {json.dumps(languages)}")
    lines.append(f"size_categories: [{json.dumps(_size_category(total))}]")
    lines += ["task_categories: [text-generation]", "tags: [preference, human-feedback, rlhf]"]
    tables = layout.filled(manifest["rows"])
    lines.append("configs:")
    for table in tables:
        lines += _config(table, files)
    lines.append("dataset_info:")
    for table in tables:
        features = [{"name": name, **kind.feature} for name, kind in table.columns]
        lines += [f"- config_name: {table.name}", f"  features: {json.dumps(features)}"]
    return "\n".join([*lines, "---", ""])


def _main_rows(layout: Layout, recipe: Recipe, manifest: Mapping[str, Any]) -> int:
    return sum(sum(manifest["rows"][name].values()) for name in layout.main(recipe.kind))


def _config(table: Table, files: Sequence[FileInfo]) -> list[str]:
    """One configuration; only splits that have files are named, and each file by itself."""
    lines = [f"- config_name: {table.name}"]
    lines += ["  default: true"] if table.default else []
    lines.append("  data_files:")
    for split in SPLITS:
        paths = [
            file.name
            for file in files
            if PurePosixPath(file.name).parent.as_posix() == table.folder
            and PurePosixPath(file.name).name.startswith(f"{split}-")
        ]
        if paths:
            lines.append(f"  - {{split: {split}, path: {json.dumps(paths)}}}")
    return lines


def _summary(
    context: ReleaseContext, recipe: Recipe, layout: Layout, manifest: Mapping[str, Any]
) -> str:
    figures, shape = manifest["figures"], layout.shape
    total = _main_rows(layout, recipe, manifest)
    asked = "; ".join(
        f"**{_line(criterion.wording)}** (`{criterion.key}`, scale `{criterion.scale}`)"
        for criterion in layout.criteria
    )
    return (
        f"{total:,} {recipe.kind.value} from {figures['judgments']:,} judgments by "
        f"{figures['raters']:,} raters on {figures['tasks']:,} tasks "
        f"({figures['prompts']:,} prompts).\n\n"
        f"- Recipe: **{recipe.title}** (`{recipe.key}`)\n"
        f"- Format: **{shape.title}** (`{shape.key}`)\n"
        f"- Criterion: {asked}\n"
    )


def _ledger(counts: Mapping[str, Any], recipe: Recipe) -> str:
    unit = counts["unit"]
    lines = [
        f"A row in is a {unit}.\n",
        "| | rows |",
        "| --- | ---: |",
        f"| {unit}s in | {counts['rows_in']:,} |",
    ]
    for drop in counts["dropped"].values():
        lines.append(f"| left out: {drop['because']} | {drop['rows']:,} |")
    lines.append(f"| **{recipe.kind.value} out** | **{counts['rows_out']:,}** |")
    for name, count in counts["never_read"].items():
        lines.append(f"\n{count:,} {name.replace('_', ' ')} judgments do not count as rows in.")
    return "\n".join(lines) + "\n"


def _splits(
    splits: Mapping[str, Any], rows: Mapping[str, Mapping[str, int]], notes: Sequence[str]
) -> str:
    lines = [
        "Prompts that are equal but for case, spaces and punctuation, share a long opening turn, "
        f"or are near-duplicates (estimated Jaccard similarity of word triples at least "
        f"{splits['threshold']}) form one group, and a group is never divided. The hash of its "
        "oldest prompt decides the split, so that splits stay put while the data grow. "
        f"{splits['prompts']:,} prompts form {splits['groups']:,} groups; the largest has "
        f"{splits['largest_group']:,}.\n",
        "| configuration | " + " | ".join(SPLITS) + " |",
        "| --- |" + " ---: |" * len(SPLITS),
    ]
    for table, per_split in rows.items():
        cells = " | ".join(f"{per_split.get(split, 0):,}" for split in SPLITS)
        lines.append(f"| `{table}` | {cells} |")
    lines += [f"\n{note}" for note in notes]
    return "\n".join(lines) + "\n"


def _people(manifest: Mapping[str, Any]) -> str:
    figures = manifest["figures"]
    lines = [
        "Rater names in the files are pseudonyms made for this release alone: "
        "they cannot be joined with another release.\n",
        "| figure | value | 95% interval | n | convention |",
        "| --- | ---: | --- | ---: | --- |",
    ]
    for label, key in (
        ("longer response chosen", "longer_response_chosen"),
        ("response shown first chosen", "first_shown_chosen"),
        ("judgments by the busiest rater", "most_judgments_by_one_rater"),
    ):
        lines.append(_figure_row(label, figures[key]))
    for criterion, report in manifest["agreement"].get("criteria", {}).items():
        for label, figure in _figures(report):
            lines.append(_figure_row(f"{_line(criterion)}: {label}", figure))
    for title, key in (
        ("Judgments per guideline version", "judgments_per_guideline_version"),
        ("Ties", "ties"),
        ("Values (negative: the first response is better)", "values"),
        ("Tasks per category", "tasks_per_category"),
        ("Rows per model", "rows_per_model"),
    ):
        counts = ", ".join(f"{_line(name)}: {n:,}" for name, n in figures[key].items())
        lines.append(f"\n{title}: {counts or 'none'}.")
    lines.append(
        "\nAgreement is that of the whole project at the cut-off, before the recipe left anything "
        "out."
    )
    return "\n".join(lines) + "\n"


def _figures(report: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """Every figure in a report of agreement, with its path as a label; pairs of raters left out."""
    found = []
    for key, value in report.items():
        label = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            if "value" in value:
                found.append((label, value))
            else:
                found += _figures(value, f"{label}, ")
    return found


def _figure_row(label: str, figure: Mapping[str, Any]) -> str:
    n = figure.get("n") or 0
    if figure.get("value") is None:
        return f"| {label} | – | {_line(figure.get('reason') or 'undefined')} | {n:,} | |"
    low, high = figure.get("low"), figure.get("high")
    span = "–" if low is None or high is None else f"{low:.3f} to {high:.3f}"
    convention = _line(figure.get("convention") or "")
    return f"| {label} | {figure['value']:.3f} | {span} | {n:,} | {convention} |"


def _guideline(context: ReleaseContext) -> str:
    if not context.guidelines:
        return "The project had no published guideline.\n"
    newest = max(context.guidelines, key=lambda guideline: guideline.number)
    quoted = "\n".join(f"> {line}".rstrip() for line in newest.text.splitlines())
    return (
        f"Version {newest.number}, the newest in use; every version is in `guideline/`, the "
        f"numbered principles are in `principles.json`.\n\n{quoted}\n"
    )


def _limits(context: ReleaseContext) -> str:
    limits = [
        "Preferences say what these raters preferred under this guideline, not what is true.",
        "Length and position can carry preference: compare the shares above before training.",
        "A trainer that cuts texts to a maximum length may make a pair identical.",
        *context.limits,
    ]
    return "\n".join(f"- {_line(limit)}" for limit in limits) + "\n"


def _licence(context: ReleaseContext) -> str:
    if context.licence == "unknown":
        return "Not stated. Ask the owner of the project before you pass the data on.\n"
    return f"{_line(context.licence)}\n"


def _provenance(context: ReleaseContext) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in context.versions.items())
    return (
        "`manifest.json` holds every parameter, count, reason and SHA-256. The same request, "
        f"cut-off and versions give the same bytes. Written by {versions or 'Concord'}.\n"
    )


def _bullets(policy: Mapping[str, str]) -> str:
    return "\n".join(f"- **{name}**: {text}" for name, text in policy.items()) + "\n"


def _line(text: str) -> str:
    """One line of text that can end neither a table row nor the card: names are not ours."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(kept.split()).replace("|", "\\|").replace("<", "&lt;")


def _is_language_code(name: str) -> bool:
    return 2 <= len(name) <= 3 and name.isascii() and name.isalpha()


def _size_category(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "1M<n<10M")
