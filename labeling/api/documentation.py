"""The OpenAPI document, its browsable page, and the reply where nothing is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import BaseRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.scopes import WithinScope


class Schema(SpectacularAPIView):
    """OpenAPI 3, as YAML or JSON; the same for everybody, so that it is made once a process."""

    permission_classes = [IsAuthenticated, WithinScope]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The document in the form that is asked for."""
        renderer = request.accepted_renderer
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return HttpResponse(
            _document(renderer.media_type, get_language(), get_script_prefix()),
            content_type=f"{renderer.media_type}{charset}",
            headers={"Content-Disposition": f'inline; filename="Concord.{renderer.format}"'},
        )


@lru_cache(maxsize=8)
def _document(media_type: str, _language: str, _prefix: str) -> str | bytes:
    """The document; its words are in the language of the request, its addresses have its prefix.

    It takes a quarter of a second, and a program may ask for it before every call.
    """
    renderers = (renderer() for renderer in Schema.renderer_classes)
    renderer = next(renderer for renderer in renderers if renderer.media_type == media_type)
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    document = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    rendered: str | bytes = renderer.render(document)
    return rendered


class ScriptRenderer(TemplateHTMLRenderer):
    """The page's script; a media type of its own, so that browsers run it under `nosniff`."""

    media_type = "application/javascript"
    format = "js"


class Docs(SpectacularSwaggerSplitView):
    """The browsable documentation: page and script apart, so that the strict CSP holds."""

    permission_classes = [IsAuthenticated, WithinScope]
    url_name = "api:schema"
    template_name = "api/docs.html"

    def get_renderers(self) -> list[BaseRenderer]:
        """HTML for the page, JavaScript for its script."""
        wants_script = "script" in self.request.query_params
        return [ScriptRenderer() if wants_script else TemplateHTMLRenderer()]


class NothingHere(APIView):
    """Addresses that do not exist: 404 as JSON, like every other refusal."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses every method alike."""
        sentence = (
            _("There is no such address; %(documentation)s lists them.")
            if request.path.endswith("/")
            else _("There is no such address; %(documentation)s lists them. Addresses end in “/”.")
        )
        raise Http404(sentence % {"documentation": reverse("api:docs")})

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Never reached."""
        raise Http404
