"""Packed files: cut off, damaged, exploding, and the kinds that hold no rows at all."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from labeling.datasets.readers import check, detect, limits, read
from labeling.datasets.rows import UnreadableFile

PAIR_LINE = json.dumps({"id": "1", "prompt": "p", "response_a": "a", "response_b": "b"}).encode()


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def archive(method: int, *others: str) -> bytes:
    """A zip archive of a table, or of other files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name in others or ("rows.jsonl",):
            made.writestr(name, PAIR_LINE)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path):
    """Writes bytes to a file of no telling name."""

    def write(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive(zipfile.ZIP_DEFLATED, "[Content_Types].xml"), "a spreadsheet"),
        (archive(zipfile.ZIP_STORED, "a.png"), "The archive holds no files of rows"),
        (b"PK\x05\x06" + bytes(18), "a zip archive"),
        (bz2.compress(PAIR_LINE), "packed with bzip2. Unpack it, or pack it with gzip or zstd"),
        (lzma.compress(PAIR_LINE), "packed with xz."),
        (gzip.compress(gzip.compress(PAIR_LINE)), "packed with gzip once more"),
        (zstd(zstd(PAIR_LINE)), "packed with zstd once more"),
        (gzip.compress(archive(zipfile.ZIP_STORED)), "a zip archive"),
        (b"name".ljust(257, b"\0") + b"ustar\x0000", "a tar archive. Unpack it"),
        (gzip.compress(b"name".ljust(257, b"\0") + b"ustar  \0"), "a tar archive"),
        (zstd(b"PAR1" + bytes(20)), "a Parquet file packed with zstd. Unpack it"),
        (b"PARE" + bytes(20), "an encrypted Parquet file"),
        (b"ARROW1\0\0", "an Arrow file. Write its rows as Parquet"),
        ("Frage".encode("utf-16"), "This file is UTF-16. Save it as UTF-8"),
        ("Frage?".encode("utf-16-le"), "This file is UTF-16. Save it as UTF-8"),
        (PAIR_LINE.decode().encode("utf-16-be"), "This file is UTF-16. Save it as UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"\n<!DOCTYPE HTML><html>", "a web page or XML"),
        (b"\x80\x04\x95", "a Python pickle"),
    ],
    # Archives hold the time they were packed at, and every process must know the same names.
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_other_kinds_of_files_are_named_with_what_to_do(file, content, message):
    for call in (check, detect, lambda path: list(read(path))):
        with pytest.raises(UnreadableFile) as error:
            call(file(content))
        assert message in error.value.message


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UnreadableFile, match="This is a folder"):
        detect(tmp_path)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.999])
def test_a_packed_file_that_was_cut_off_is_found_before_a_row_is_made(file, pack, kept):
    packed = pack(b"\n".join(PAIR_LINE.replace(b"1", b"%d" % i) for i in range(2000)))
    with pytest.raises(UnreadableFile, match="ends too early: it was cut off"):
        check(file(packed[: int(len(packed) * kept)]))


def test_a_second_frame_that_was_cut_off_is_found_too(file):
    with pytest.raises(UnreadableFile, match="The zstd file ends too early"):
        check(file(zstd(PAIR_LINE + b"\n") + zstd(PAIR_LINE * 50)[:-4]))


@pytest.mark.parametrize("end", [b"and more", b"\0" * 8 + b"x"])
@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_what_follows_a_packed_file_is_refused(file, pack, end):
    with pytest.raises(UnreadableFile, match="is damaged, or something else follows it"):
        check(file(pack(PAIR_LINE) + end))


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_damaged_packed_file_is_found(file, pack):
    packed = bytearray(pack(PAIR_LINE * 50))
    # The first block's header of zstd, which has no checksum here, and what gzip has one of.
    packed[6:10] = b"\xff" * 4 if pack is zstd else packed[6:10]
    packed[-6] ^= 0xFF
    with pytest.raises(UnreadableFile, match="damaged"):
        check(file(bytes(packed)))


@pytest.mark.slow
@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_bomb_is_stopped_early(file, pack):
    bomb = pack(b'{"prompt": "' + b"a" * (64 * 1024 * 1024) + b'"}')
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFile, match="more than 200 times its size"):
        check(file(bomb))


def test_a_zstd_window_that_would_fill_the_memory_is_refused(file):
    """A frame by hand (RFC 8878, 3.1.1): no checksum, a window of 2 GiB, one raw block."""
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([(31 - 10) << 3])
    block = ((len(PAIR_LINE) << 3) | 1).to_bytes(3, "little") + PAIR_LINE
    with pytest.raises(UnreadableFile, match="a window of more than 128 MiB"):
        check(file(frame + block))
    assert check(file(frame[:-1] + bytes([(20 - 10) << 3]) + block)).rows == 1


def test_the_unpacked_size_is_bounded_whatever_the_ratio(file, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="unpacks to more than 0 GiB"):
        check(file(gzip.compress(PAIR_LINE * 50)))
