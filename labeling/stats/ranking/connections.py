"""Which items can be compared at all: components of the win graph, and why others cannot.

A strength is finite only among items of which each is linked to each other by a chain of wins
(or ties that count): Zermelo (1929), Ford (1957), Hunter (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from labeling.stats.ranking.cells import Cells
from labeling.stats.ranking.comparisons import FIRST, SECOND, TIE
from labeling.stats.ratings import Ints

_NAMED = 4  # How many items a reason names before it counts the rest.


def components(winner: Ints, loser: Ints, items: int, *, strong: bool = True) -> Ints:
    """Return the component of each item, numbered by its first item, shape (M,).

    Args:
        winner, loser: one edge each; a tie is an edge either way.
        strong: linked by wins in both directions; else by any comparison.
    """
    edges = sparse.coo_matrix((np.ones(len(winner)), (winner, loser)), shape=(items, items))
    _, label = sparse.csgraph.connected_components(
        edges, directed=True, connection="strong" if strong else "weak"
    )
    _, first, again = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[again].astype(np.int64)


def edges_of(cells: Cells) -> tuple[Ints, Ints]:
    """Return winners and losers of the cells; a tie is a win of either over the other."""
    tied = cells.count[TIE] > 0
    up, down = (cells.count[FIRST] > 0) | tied, (cells.count[SECOND] > 0) | tied
    winner = np.concatenate([cells.a[up], cells.b[down]])
    return winner, np.concatenate([cells.b[up], cells.a[down]])


def ties_run_away(cells: Cells) -> bool:
    """Whether ever stronger items and ever more ties fit ever better, without end.

    So it is where levels can be given to the items such that every win bridges at least one
    step and every tie at most one: there is no cycle of wins longer than its ties make up for.
    """
    up, down = cells.count[FIRST] > 0, cells.count[SECOND] > 0
    winner = np.concatenate([cells.a[up], cells.b[down]])
    loser = np.concatenate([cells.b[up], cells.a[down]])
    mine = components(winner, loser, cells.items)
    if len(np.unique(mine)) < cells.items:
        return False
    only_tied = (cells.count[TIE] > 0) & ~up
    back = (cells.count[TIE] > 0) & ~down
    start = np.concatenate([winner, cells.a[only_tied], cells.b[back]])
    end = np.concatenate([loser, cells.b[only_tied], cells.a[back]])
    step = np.concatenate([np.full(len(winner), -1.0), np.ones(len(start) - len(winner))])
    root = np.full(cells.items, cells.items)
    size = cells.items + 1
    graph = sparse.coo_matrix(
        (
            np.concatenate([step, np.ones(cells.items)]),
            (np.concatenate([start, root]), np.concatenate([end, np.arange(cells.items)])),
        ),
        shape=(size, size),
    )
    try:
        sparse.csgraph.bellman_ford(graph.tocsr(), indices=[cells.items])
    except sparse.csgraph.NegativeCycleError:
        return False
    return True


def reason_apart(component: Ints, winner: Ints, loser: Ints, items: Sequence[Any]) -> str | None:
    """Return why not all strengths can be compared, naming items; None where all can."""
    groups = int(component.max(initial=-1)) + 1
    if groups <= 1:
        return None
    wins = np.bincount(component[winner][component[winner] != component[loser]], minlength=groups)
    losses = np.bincount(component[loser][component[winner] != component[loser]], minlength=groups)
    undefeated = np.flatnonzero((losses == 0) & (wins > 0)).tolist()
    winless = np.flatnonzero((wins == 0) & (losses > 0)).tolist()
    apart = np.flatnonzero((wins == 0) & (losses == 0)).tolist()
    phrases = [_of_group(component, items, group, "never lost to") for group in undefeated]
    phrases += [_of_group(component, items, group, "never won against") for group in winless]
    phrases += [_of_group(component, items, group, "never met") for group in apart]
    listed = "; ".join(phrases[:_NAMED]) + (
        f"; and {len(phrases) - _NAMED} more such groups" if len(phrases) > _NAMED else ""
    )
    return (
        f"The items fall into {groups} groups between which no strengths can be compared: {listed}."
    )


def reasons_alone(
    component: Ints, winner: Ints, loser: Ints, items: Sequence[Any]
) -> dict[Any, str]:
    """Return why each item in a component of its own has no strength, by item."""
    size = len(items)
    won, lost = np.bincount(winner, minlength=size) > 0, np.bincount(loser, minlength=size) > 0
    alone = np.flatnonzero(np.bincount(component)[component] < 2).tolist()
    return {items[place]: _reason(items[place], won[place], lost[place]) for place in alone}


def _reason(item: Any, won: bool, lost: bool) -> str:
    if won and lost:
        return (
            f"{item} beat some items but never lost to them, and lost to others without beating "
            "them: its strength lies between, at no finite distance."
        )
    if won:
        return f"{item} won every time: its strength has no finite estimate."
    if lost:
        return f"{item} lost every time: its strength has no finite estimate."
    return f"{item} has no comparison with another item that counts."


def named(items: Sequence[Any]) -> str:
    """Return names in a sentence, a long list cut short."""
    shown = [str(item) for item in items[:_NAMED]]
    if len(items) > _NAMED:
        shown.append(f"{len(items) - _NAMED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _of_group(component: Ints, items: Sequence[Any], group: int, relation: str) -> str:
    mine = [items[place] for place in np.flatnonzero(component == group).tolist()]
    return f"{named(mine)} {relation} the others"
