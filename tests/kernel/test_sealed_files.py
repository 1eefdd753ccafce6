"""A file sealed while it is written: opened whole and in pieces; a changed, moved, missing or cut-off piece is found."""

from __future__ import annotations

import io
import itertools
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel import sealed_files
from genmai.kernel.sealed_files import Sealing, opened
from genmai.kernel.secrets import SealBroken

MARK = len(b"genmai-sealed-1\n")
KEY, OTHER, AAD = b"k" * 32, b"o" * 32, b"export 1"


def sealed(*parts: bytes, end: bool = True) -> bytes:
    out = io.BytesIO()
    sealing = Sealing(out, KEY, aad=AAD)
    for part in parts:
        sealing.write(part)
    if end:
        sealing.close()
    return out.getvalue()


def clear(data: bytes, key: bytes = KEY, aad: bytes = AAD) -> bytes:
    return b"".join(opened(io.BytesIO(data), key, aad=aad))


@given(st.lists(st.binary(max_size=300)))
def test_whatever_is_written_comes_back(parts: list[bytes]) -> None:
    with patch.object(sealed_files, "PIECE", 64):
        data = sealed(*parts)
    assert clear(data) == b"".join(parts)
    long = [part for part in parts if len(part) > 8]
    assert not any(part in data[MARK:] for part in long)


def test_it_counts_what_was_written_and_gives_it_in_pieces() -> None:
    out = io.BytesIO()
    sealing = Sealing(out, KEY, aad=AAD)
    for _ in range(5):
        assert sealing.write(b"x" * 200_000) == 200_000
    sealing.close()
    assert sealing.size == 1_000_000
    assert [len(piece) for piece in opened(io.BytesIO(out.getvalue()), KEY, aad=AAD)] == [262_144] * 3 + [213_568]


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_changed_byte_is_found(place: int, by: int) -> None:
    with patch.object(sealed_files, "PIECE", 64):
        data = bytearray(sealed(bytes(range(200))))
    data[place % len(data)] ^= by
    with pytest.raises(SealBroken):
        clear(bytes(data))


def test_pieces_left_out_moved_or_cut_off_and_another_files_are_found() -> None:
    with patch.object(sealed_files, "PIECE", 64):
        data = sealed(bytes(200))
    ends = [MARK]
    while ends[-1] < len(data):
        piece = 4 + int.from_bytes(data[ends[-1] : ends[-1] + 4], "big")
        ends.append(ends[-1] + piece)
    pieces = [data[begin:end] for begin, end in itertools.pairwise(ends)]
    assert len(pieces) == 4
    for changed in (pieces[:-1], pieces[1:], [pieces[1], pieces[0], *pieces[2:]], [*pieces, pieces[0]], []):
        with pytest.raises(SealBroken):
            clear(data[:MARK] + b"".join(changed))
    for wrong in (data[:-1], data[: ends[1] + 2], b"PK\x03\x04" + data, b""):
        with pytest.raises(SealBroken):
            clear(wrong)
    with pytest.raises(SealBroken):
        clear(data, key=OTHER)
    with pytest.raises(SealBroken):
        clear(data, aad=b"export 2")
    with pytest.raises(SealBroken):
        clear(sealed(b"x" * 300_000, end=False))


def test_what_was_given_up_takes_no_more_and_cannot_be_opened() -> None:
    out = io.BytesIO()
    sealing = Sealing(out, KEY, aad=AAD)
    sealing.write(b"x" * 600_000)
    there = out.getvalue()
    sealing.give_up()
    assert sealing.write(b"y" * 600_000) == 600_000
    sealing.close()
    assert out.getvalue() == there
    with pytest.raises(SealBroken):
        clear(there)
