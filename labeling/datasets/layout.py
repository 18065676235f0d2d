"""Which tables a release has: those of its format, once for all criteria or once for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from labeling.datasets.formats.base import Format
from labeling.datasets.formats.carrying import NO_NEEDS, Needs
from labeling.datasets.formats.columns import FileTable
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.records import CriterionRecord


def needs_of_rows(recipe: Recipe) -> Needs:
    """What the rows of a recipe need of tables, whatever the tasks hold."""
    kind, several = recipe.kind, recipe.criterion.answer != "compare"
    return Needs(
        kind=kind.value,
        groups=several and kind == RowKind.PAIRS,
        takes_texts=recipe.takes_texts,
        reviews=several and kind == RowKind.DEMONSTRATIONS and recipe.tells_decisions,
        attributes=tuple(criterion.key for criterion in recipe.criteria)
        if kind == RowKind.RATINGS
        else (),
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a release, by the criterion that a row is about."""

    shape: Format
    criteria: tuple[CriterionRecord, ...]
    file_per_criterion: bool = False
    needs: Needs = NO_NEEDS

    @property
    def _declared(self) -> tuple[FileTable, ...]:
        return self.shape.tables_for(self.needs)

    def table(self, name: str, criterion: str) -> FileTable:
        """The table that a row of the format's table `name` goes to."""
        declared = next(table for table in self._declared if table.name == name)
        if not self.file_per_criterion:
            return declared
        return replace(
            declared,
            name=f"{declared.name}-{criterion}",
            folder=f"{declared.folder}-{criterion}",
            default=declared.default and criterion == self.criteria[0].key,
        )

    def tables(self) -> tuple[FileTable, ...]:
        """Every table, in order."""
        if not self.file_per_criterion:
            return self._declared
        keys = [criterion.key for criterion in self.criteria]
        return tuple(self.table(table.name, key) for key in keys for table in self._declared)

    def filled(self, rows: Mapping[str, Mapping[str, int]]) -> tuple[FileTable, ...]:
        """The tables that have rows; one of them opens by default, the declared one if it can."""
        tables = [table for table in self.tables() if rows[table.name]]
        if tables and not any(table.default for table in tables):
            tables[0] = replace(tables[0], default=True)
        return tuple(tables)

    def main(self, kind: RowKind) -> Sequence[str]:
        """The names of the tables whose rows the books count."""
        name = self.shape.main[kind]
        if not self.file_per_criterion:
            return [name]
        return [self.table(name, criterion.key).name for criterion in self.criteria]
