"""What is made for half a million rows gives what its slow twin gives."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel import ids, secrets

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@given(st.uuids(), st.integers(0, 10**6))
def test_deriving_is_derive(key: UUID, part: int) -> None:
    assert ids.Deriving(AT, key, "member").text(part) == str(ids.derive(AT, key, "member", part))


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1), st.binary(min_size=16, max_size=16))
def test_a_sealer_seals_as_seal_does(key: bytes, text: str, row: bytes) -> None:
    sealed = secrets.Sealer(key).seal(text.encode("utf-8", "ignore"), purpose="phone", aad=row)
    assert sealed == secrets.seal(text.encode("utf-8", "ignore").decode(), key, purpose="phone", aad=row)
    assert secrets.open_sealed(sealed, key, purpose="phone", aad=row) == text.encode("utf-8", "ignore").decode()
    assert secrets.Sealer(key).seal(key, purpose="wrap", aad=row) == secrets.wrap_key(key, key, aad=row)


@given(st.binary(min_size=32, max_size=32))
def test_an_indexer_indexes_as_blind_index_does(key: bytes) -> None:
    assert secrets.Indexer(key, "phone").of_normalised("13805740001") == secrets.blind_index(
        "+86 138 0574 0001", key, kind="phone"
    )
