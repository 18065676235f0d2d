"""What the OpenAPI document says of every operation beside the view's own words."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema

from projects.api.scopes import scope_of


class ScopedSchema(AutoSchema):
    """Says of each operation which scope it takes."""

    def get_description(self) -> str:  # type: ignore[override]
        """The view's own words, and the scope."""
        scope = scope_of(self.view, self.method)
        return f"{super().get_description()}\n\nScope of the token: `{scope.value}`."
