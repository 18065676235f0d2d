"""Pictures made safe to keep and to show (pure: no Django).

`prepared_picture` gives a picture as it is stored, whatever somebody sent: decoded in a child that
cannot cost more than it may, upright, in sRGB, without anything but pixels, and two smaller ones.
"""

from __future__ import annotations

from labeling.media.names import is_called_picture, lie_of, same_spelling
from labeling.media.preparing import PictureError, PreparedPicture, prepared_picture, thumbnail_of

__all__ = [
    "PictureError",
    "PreparedPicture",
    "is_called_picture",
    "lie_of",
    "prepared_picture",
    "same_spelling",
    "thumbnail_of",
]
