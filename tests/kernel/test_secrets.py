"""Sealed data opens only as sealed, an index finds every way of writing, and a destroyed key is final."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel import secrets
from genmai.kernel.secrets import KeyDestroyed, SealBroken, blind_index, open_sealed, seal, unwrap_key, wrap_key

KEY, OTHER, MASTER = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
keys = st.binary(min_size=32, max_size=32)


def test_the_library_computes_sm4_gcm_as_the_standard_prints_it() -> None:
    """RFC 8998, appendix A.1 (SM4-GCM test vector)."""
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    nonce = bytes.fromhex("00001234567800000000ABCD")
    encryptor = Cipher(algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    body = encryptor.update(plain) + encryptor.finalize()
    assert body.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert encryptor.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


def test_the_library_computes_sm4_and_sm3_as_the_standards_print_them() -> None:
    """GB/T 32907-2016 A.1 and GB/T 32905-2016 A.1."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    encryptor = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert encryptor.update(key).hex().upper() == "681EDF34D206965E86B3E94F536E4246"
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex().upper() == "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"


@given(st.text(st.characters(exclude_categories=["Cs"])), keys, st.text(max_size=9), st.binary(max_size=20))
def test_what_was_sealed_opens_again(plain: str, key: bytes, purpose: str, aad: bytes) -> None:
    assert open_sealed(seal(plain, key, purpose=purpose, aad=aad), key, purpose=purpose, aad=aad) == plain


@given(st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(seal("13812345678", KEY, purpose="phone", aad=b"p1"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBroken):
        open_sealed(bytes(sealed), KEY, purpose="phone", aad=b"p1")


@pytest.mark.parametrize(
    ("key", "purpose", "aad"),
    [(OTHER, "phone", b"p1"), (KEY, "name", b"p1"), (KEY, "phone", b"p2"), (KEY, "phon", b"ep1")],
)
def test_sealed_bytes_do_not_open_for_another_key_field_or_row(key: bytes, purpose: str, aad: bytes) -> None:
    sealed = seal("王小明", KEY, purpose="phone", aad=b"p1")
    with pytest.raises(SealBroken):
        open_sealed(sealed, key, purpose=purpose, aad=aad)


@pytest.mark.parametrize("length", [0, 1, 20, 28])
def test_bytes_cut_short_are_refused(length: int) -> None:
    with pytest.raises(SealBroken):
        open_sealed(seal("王小明", KEY, purpose="name", aad=b"")[:length], KEY, purpose="name", aad=b"")


def test_same_text_in_same_place_gives_same_bytes_and_everything_else_another_nonce() -> None:
    first = seal("王小明", KEY, purpose="name", aad=b"p1")
    assert seal("王小明", KEY, purpose="name", aad=b"p1") == first
    others = [
        seal("王小朋", KEY, purpose="name", aad=b"p1"),
        seal("王小明", OTHER, purpose="name", aad=b"p1"),
        seal("王小明", KEY, purpose="nick", aad=b"p1"),
        seal("王小明", KEY, purpose="name", aad=b"p2"),
    ]
    assert len({sealed[1:13] for sealed in [first, *others]}) == 5


def test_plain_text_does_not_show_in_sealed_bytes() -> None:
    assert "王小明".encode() not in seal("王小明", KEY, purpose="name", aad=b"")


def test_a_wrapped_key_opens_only_under_its_master_and_for_its_person() -> None:
    wrapped = wrap_key(KEY, MASTER, aad=b"p1")
    assert KEY not in wrapped
    assert unwrap_key(wrapped, MASTER, aad=b"p1") == KEY
    for master, aad in [(OTHER, b"p1"), (MASTER, b"p2")]:
        with pytest.raises(SealBroken):
            unwrap_key(wrapped, master, aad=aad)


@pytest.mark.parametrize("nothing", [None, b""])
def test_a_destroyed_key_is_told_apart_from_a_broken_one(nothing: bytes | None) -> None:
    with pytest.raises(KeyDestroyed):
        unwrap_key(nothing, MASTER, aad=b"p1")


def test_a_new_master_key_reads_the_same_data_and_the_old_one_no_more() -> None:
    rewrapped = secrets.rewrap_key(wrap_key(KEY, MASTER, aad=b"p1"), MASTER, OTHER, aad=b"p1")
    assert unwrap_key(rewrapped, OTHER, aad=b"p1") == KEY
    with pytest.raises(SealBroken):
        unwrap_key(rewrapped, MASTER, aad=b"p1")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_wrong_length_is_a_programming_error(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal("x", bytes(length), purpose="x", aad=b"")


def test_one_person_is_found_however_the_number_is_written() -> None:
    phone = blind_index("13812345678", KEY, kind="phone")
    assert blind_index("+86 138-1234-5678", KEY, kind="phone") == phone
    identity = blind_index("11010519491231002X", KEY, kind="identity")
    assert blind_index("11010519491231002x", KEY, kind="identity") == identity
    assert len(phone) == 32


def test_index_values_differ_by_number_kind_and_key() -> None:
    written = "13812345678"
    values = {
        blind_index(written, KEY, kind="phone"),
        blind_index(written, KEY, kind="text"),
        blind_index(written, KEY, kind="identity"),
        blind_index(written, OTHER, kind="phone"),
        blind_index("13812345679", KEY, kind="phone"),
    }
    assert len(values) == 5


@given(st.text(), st.sampled_from(["phone", "identity", "credit_code", "text"]))
def test_any_text_can_be_indexed(written: str, kind: secrets.IndexKind) -> None:
    assert blind_index(written, KEY, kind=kind) == blind_index(f" {written} ", KEY, kind=kind)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("138 1234 5678", "138****5678"),
        ("0574-87654321", "0574-****4321"),
        ("12345", "12345"),
        ("+85291234567", "+85****4567"),
        ("8765432199", "****99"),
        ("876", "***"),
        ("", ""),
    ],
)
def test_phone_numbers_are_masked(number: str, shown: str) -> None:
    assert secrets.mask_phone(number) == shown


def test_identity_numbers_show_no_birth_date() -> None:
    assert secrets.mask_id("11010519491231002X") == "1101**********002X"
    assert secrets.mask_id("abc") == "***"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("李四", "李*"), ("欧阳娜娜", "欧阳**"), ("王", "王*"), ("Alexander", "A***"), ("", "")],
)
def test_names_show_the_surname_only(name: str, shown: str) -> None:
    assert secrets.mask_name(name) == shown


@given(st.text(min_size=1))
def test_a_mask_never_shows_the_whole_of_an_unknown_text(text: str) -> None:
    shown = secrets.mask_phone(text)
    if secrets.normalise_phone(text) is None and text.strip():
        assert "*" in shown
        assert len(shown.replace("*", "")) <= 2
