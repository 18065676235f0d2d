"""What a submission says, as a fingerprint: equal for one that is sent again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields

from labeling.kinds import PRIMARY_ALIAS, Submission

#: What begins a fingerprint that covers the tie of every answer; the first version had no such.
_FINGERPRINT = "2:"
_VOLATILE = {"active_ms", "idle_ms", "key", "ui_version", "rubric", "typed", "pasted"}
#: Older fingerprints know of none of these: they are covered where they say something.
_LATER = frozenset({"reasons", "spans", "regions", "text", "edit", "declared_assist", "none_fits"})
_COVERED = [field.name for field in fields(Submission) if field.name not in _VOLATILE]


def says_the_same(stored: str, submission: Submission, content_hash: str) -> bool:
    """Whether a stored judgment is this submission, by the fingerprint of the time it was made."""
    if stored.startswith(_FINGERPRINT):
        return stored == content_hash
    return stored == _fingerprint_before_ties(submission)


def submission_fingerprint(submission: Submission) -> str:
    """What was said, without when and how fast: equal for a repeated submission.

    It begins with the version of what it covers, so that older rows are compared with theirs.
    """
    content = _said(submission)
    del content["tie_kind"]
    ties = {key: kind for key, kind in submission.tie_kinds.items() if kind}
    tie_kind = submission.tie_kind
    if tie_kind and ties.setdefault(PRIMARY_ALIAS, tie_kind) != tie_kind:
        ties["tie_kind"] = tie_kind
    return f"{_FINGERPRINT}{_hash({**content, 'tie_kinds': ties})}"


def _fingerprint_before_ties(submission: Submission) -> str:
    """The fingerprint of the first version, which knew one tie a judgment."""
    content = _said(submission)
    content["tie_kind"] = submission.tie_kind or submission.tie_kinds.get(PRIMARY_ALIAS, "")
    del content["tie_kinds"]
    return _hash(content)


def _said(submission: Submission) -> dict[str, object]:
    content = {
        name: value
        for name in _COVERED
        if (value := getattr(submission, name)) or name not in _LATER
    }
    if submission.edit:
        content["edit"] = asdict(submission.edit)
    content["answers"] = {k: v for k, v in submission.answers.items() if v is not None}
    return content


def _hash(content: Mapping[str, object]) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
