"""Where a picture lies, and where people and programs find it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from labeling.datasets.records import PictureRef
from labeling.models import Picture
from projects.models import Project

#: The sizes of a picture as its address names them: as it is kept, for the desk, for lists.
FULL, PREVIEW, THUMBNAIL = SIZES = ("full", "preview", "thumbnail")


#: The address says which picture it is: what is there never changes, nobody but its reader keeps
#: it, and a browser runs nothing of it, whatever it might take it for.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def folder_of_pictures(project_id: int) -> str:
    """The folder of a project's pictures in the storage."""
    return f"pictures/{project_id}"


def stored_name(project_id: int, sha256: str, suffix: str) -> str:
    """The name of a picture's file in the storage."""
    return f"{folder_of_pictures(project_id)}/{sha256[:2]}/{sha256}.{suffix}"


def find_picture(project: Project, sha256: str) -> Picture | None:
    """The project's picture of this hash."""
    return Picture.objects.filter(project=project, sha256=sha256).first()


def known_pictures(project_id: int, hashes: Iterable[str]) -> dict[str, Picture]:
    """The project's pictures by the hash of what they are kept as, and of what they came from."""
    wished = list(hashes)
    rows = Picture.objects.filter(project=project_id)
    by_source = {picture.source: picture for picture in rows.filter(source__in=wished)}
    return by_source | {p.sha256: p for p in rows.filter(sha256__in=wished)}


def latest_sources(project_id: int, most: int) -> dict[str, PictureRef]:
    """So many of the project's latest pictures, by the hash of what they came from."""
    rows = Picture.objects.filter(project=project_id).exclude(source="").order_by("-pk")
    return {picture.source: reference_to(picture) for picture in rows[:most].iterator()}


def reference_to(picture: Picture) -> PictureRef:
    """What a turn says of a picture that it shows."""
    return PictureRef(picture.sha256, picture.width, picture.height, picture.form, picture.size)


def with_addresses(slug: str, turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns with their pictures as people and programs show them; itself where it has none."""
    if not any("images" in turn for turn in turns):
        return turns
    return [
        {**turn, "images": [_shown(slug, picture) for picture in turn["images"]]}
        if "images" in turn
        else turn
        for turn in turns
    ]


def pictures_in(turns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All pictures of the turns, in order."""
    return [picture for turn in turns for picture in turn.get("images", ())]


def _shown(slug: str, picture: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": picture_address(slug, picture["sha256"], FULL),
        "width": picture["width"],
        "height": picture["height"],
        "thumbnail": picture_address(slug, picture["sha256"], THUMBNAIL),
        "preview": picture_address(slug, picture["sha256"], PREVIEW),
    }


def picture_address(slug: str, sha256: str, size: str) -> str:
    """Where members find a picture: one address for pages and programs."""
    return reverse("api:picture", args=[slug, sha256, size])


def picture_bytes(project_id: int, picture: PictureRef) -> bytes | None:
    """The file of a picture; None where it is gone."""
    name = stored_name(project_id, picture.sha256, picture.form)
    try:
        with default_storage.open(name) as file:
            data: bytes = file.read()
    except FileNotFoundError:
        return None
    return data


_SHOWN = """
SELECT DISTINCT image ->> 'sha256' FROM (
    SELECT messages FROM labeling_prompt WHERE project_id = %(project)s
    UNION ALL
    SELECT r.messages FROM labeling_response r
    JOIN labeling_prompt p ON p.id = r.prompt_id WHERE p.project_id = %(project)s
) texts
CROSS JOIN LATERAL jsonb_array_elements(texts.messages) turn
CROSS JOIN LATERAL jsonb_array_elements(turn -> 'images') image
WHERE jsonb_typeof(turn -> 'images') = 'array'
"""


def pictures_shown(project_id: int) -> set[str]:
    """The hashes of all pictures that a text of the project shows."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, {"project": project_id})
        return {sha256 for (sha256,) in cursor.fetchall()}
