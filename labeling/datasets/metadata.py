"""What an import kept of a task beyond its texts, as a release may say it: without who judged."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

#: Names of values that say who judged: raters of a release have pseudonyms and nothing else.
_WHO = re.compile(
    r"(?:.*[_.\- ])?(?:rater|annotator|labell?er|worker|judge|evaluator|participant|user|username"
    r"|session|email|e_mail|ip|completed_by)(?:s|[_\- ]?ids?|[_\- ]?names?|[_\- ]?hash)?",
    re.IGNORECASE,
)
#: What other tools' results are called, by the name of who gave them.
_BY_NAME = "other_results"


def released_metadata(values: Mapping[str, object]) -> str:
    """The metadata as JSON text with sorted keys, "" for none.

    Left out are names, ids and addresses of whoever judged; what they said beside stays without
    them.
    """
    said = _without_names(values)
    if not said:
        return ""
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _without_names(value: object) -> object:
    if isinstance(value, list):
        return [_without_names(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kept: dict[str, object] = {}
    for name, inner in value.items():
        if name == _BY_NAME and isinstance(inner, Mapping):
            kept[name] = [_without_names(results) for results in inner.values()]
        elif not (_WHO.fullmatch(name) and _is_name(inner)):
            kept[name] = _without_names(inner)
    return kept


def _is_name(value: object) -> bool:
    """Whether a value may be a name, or a list of some; an object says more than that."""
    values = value if isinstance(value, list) else [value]
    return not any(isinstance(item, list | Mapping) for item in values)
