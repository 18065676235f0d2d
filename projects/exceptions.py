"""Errors with a code and a sentence; doors turn them into replies."""

from __future__ import annotations

from collections.abc import Mapping


class ConcordError(Exception):
    """A request that cannot be carried out: `code` for programs, `message` for people.

    `fields` names the fields at fault, each with its own sentence.
    """

    code = "invalid"
    status = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class InvalidInput(ConcordError):
    """What was sent has a wrong value; `fields` says which."""


class Conflict(ConcordError):
    """The state of things does not allow it (any more)."""

    code = "conflict"
    status = 409


class TooManyAttempts(ConcordError):
    """Throttled; `retry_after` in seconds, also said in a header of the reply."""

    code = "throttled"
    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ScopeTooSmall(ConcordError):
    """The API token was made for less than this."""

    code = "scope"
    status = 403


class FormTokenMissing(ConcordError):
    """A call by a session that does not show that a page of ours made it."""

    code = "forbidden"
    status = 403
