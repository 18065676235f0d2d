"""How large a picture may be, and how large its smaller ones are."""

from __future__ import annotations

#: Bytes of a picture as it comes, and as it is kept.
MAX_BYTES = 24 * 1024 * 1024
PICTURE_TOO_LARGE = f"Has more than {MAX_BYTES // 2**20} MiB. Save the picture smaller."
#: Pixels of a picture, and of a side: WebP holds no longer one.
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_000
#: The longer side of the picture that a desk shows at first, and of the small one.
PREVIEW_SIDE, THUMBNAIL_SIDE = 1200, 256
#: Bytes of each of them: two previews are what a comparison of pictures transfers.
MAX_PREVIEW_BYTES, MAX_THUMBNAIL_BYTES = 190_000, 16_000
