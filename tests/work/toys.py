"""A kind of job of its own, on a table that is there."""

from __future__ import annotations

from labeling.models import Import
from labeling.work.registry import JobKind


class Toy(Import):
    """An app that is not installed keeps it out of migrations and of the app's own tables."""

    class Meta:
        proxy = True
        app_label = "toys"


#: The toys that were tidied away.
tidied: list[int] = []

TOY = JobKind(
    model=Toy,
    space=41098,
    task="toys.play",
    noun="toy",
    advice="Buy another.",
    max_attempts=3,
    tidy=lambda toy: tidied.append(toy.pk),
)
