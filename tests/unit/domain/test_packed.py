"""Packed bodies: what is inside, whatever a header says, and never more than may come unpacked."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.packed import MAX_MEMBERS, MAX_UNPACKED_BYTES, unpacked

BODY = b'{"id":"evt_1","amount":1.10}' * 20


def bare(body: bytes) -> bytes:
    """Deflate without zlib's frame, as some send it."""
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


PACKED = {
    "gzip": gzip.compress(BODY),
    "gzip in two members": gzip.compress(BODY[:50]) + gzip.compress(BODY[50:]),
    "zlib": zlib.compress(BODY),
    "zlib, quickly": zlib.compress(BODY, 1),
    "zlib, at its best": zlib.compress(BODY, 9),
    "bare deflate": bare(BODY),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_body_is_looked_into(name: str) -> None:
    assert unpacked(PACKED[name]) == BODY


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_body_that_is_cut_short_is_taken_as_it_is(name: str) -> None:
    cut = PACKED[name][:-5]
    assert unpacked(cut) is cut


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_body_with_something_behind_it_is_taken_as_it_is(name: str) -> None:
    longer = PACKED[name] + b"\0and more"
    assert unpacked(longer) is longer


@given(st.text().map(str.encode) | st.binary(max_size=300))
def test_a_body_that_is_not_packed_stays_the_very_same(body: bytes) -> None:
    inside = unpacked(body)
    assert inside is body or body == inside or zlib.decompressobj(wbits=-15).decompress(body) == inside


@given(st.text(max_size=200).map(str.encode))
def test_a_text_is_never_taken_for_something_packed(body: bytes) -> None:
    assert unpacked(body) is body


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bare])
def test_a_body_that_would_grow_beyond_the_bound_is_taken_as_it_is(pack: object) -> None:
    most = b" " * MAX_UNPACKED_BYTES
    assert callable(pack)
    assert len(unpacked(pack(most))) == MAX_UNPACKED_BYTES
    bomb = pack(most + b" ")
    assert len(bomb) < 20_000
    assert unpacked(bomb) is bomb


def test_members_of_a_gzip_file_are_bounded_in_number_and_in_all() -> None:
    many = gzip.compress(b"x") * (MAX_MEMBERS + 1)
    assert unpacked(many) is many
    half = gzip.compress(b" " * (MAX_UNPACKED_BYTES // 2 + 1))
    assert unpacked(half * 2) == half * 2
