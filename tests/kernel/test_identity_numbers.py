"""Numbers of persons and organisations: every usual way of writing gives one form, a wrong digit none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.identity_numbers import (
    credit_check_character,
    identity_check_character,
    is_credit_code,
    is_identity,
    normalise_credit_code,
    normalise_identity,
    normalise_phone,
)

bodies = st.builds(
    lambda region, day, serial: f"{region}{day:%Y%m%d}{serial:03d}",
    st.sampled_from(["330212", "110105", "440524", "810000", "911330"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 1, 1)),
    st.integers(0, 999),
)


def test_the_example_of_the_standard_is_valid() -> None:
    # GB 11643-1999, appendix: 11010519491231002X and 440524188001010014
    assert normalise_identity("11010519491231002X") == "11010519491231002X"
    assert normalise_identity("440524188001010014") == "440524188001010014"


@given(bodies)
def test_one_wrong_digit_is_always_noticed(body: str) -> None:
    number = body + identity_check_character(body)
    assert is_identity(number)
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not is_identity(wrong)


@given(bodies.filter(lambda body: body[6:8] == "19"))
def test_a_number_of_fifteen_digits_meets_its_eighteen_digit_form(body: str) -> None:
    assert normalise_identity(body[:6] + body[8:]) == body + identity_check_character(body)


@pytest.mark.parametrize(
    "written", ["１１０１０５１９４９１２３１００２ｘ", " 110105 1949 1231 002x", "110105-19491231-002X"]
)
def test_identity_numbers_are_read_however_written(written: str) -> None:
    assert normalise_identity(written) == "11010519491231002X"


WRONG = ["", "11010519491331002X", "00010519491231002X", "1.10105194912e+17", "１２３", "x" * 18]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_identity_number_is_none(wrong: str) -> None:
    assert normalise_identity(wrong) is None


@pytest.mark.parametrize("code", ["91330200MA2AE8R49T", "913100007109328220", "91110000802100433B"])
def test_credit_code_check_rejects_any_changed_place(code: str) -> None:
    body = code[:17]
    code = body + credit_check_character(body)
    assert is_credit_code(code)
    assert normalise_credit_code(f" {code.lower()[:9]} {code.lower()[9:]}") == code
    for place in range(18):
        other = "0" if code[place] != "0" else "1"
        assert not is_credit_code(code[:place] + other + code[place + 1 :])


def test_a_published_credit_code_is_valid() -> None:
    assert is_credit_code("91350100M000100Y43")  # the example printed in GB 32100-2015
    assert not is_credit_code("91350100M000100Y4I")


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086138 1234 5678", "13812345678"),
        ("８６１３８１２３４５６７８", "13812345678"),
        ("013812345678", "13812345678"),
        ("0574-87654321", "0574-87654321"),
        ("（0574）8765 4321", "0574-87654321"),
        ("+86 574 8765 4321", "0574-87654321"),
        ("057487654321转801", "0574-87654321-801"),
        ("0574-87654321-801", "0574-87654321-801"),
        ("010-12345678", None),
        ("010-62345678", "010-62345678"),
        ("021 6234 5678", "021-62345678"),
        ("12345", "12345"),
        ("110", "110"),
        ("400-123-4567", "4001234567"),
        ("95598", "95598"),
        ("+852 9123 4567", "+85291234567"),
        ("12812345678", None),
        ("1381234567", None),
        ("无", None),
        ("", None),
        ("1.38123e+10", None),
        ("٠١٢٣", None),
    ],
)
def test_phone_numbers_come_to_one_form(written: str, one_form: str | None) -> None:
    assert normalise_phone(written) == one_form


def test_a_number_without_area_code_takes_the_local_one_only_when_given() -> None:
    assert normalise_phone("8765 4321") is None
    assert normalise_phone("8765 4321", area="0574") == "0574-87654321"


@given(st.text(max_size=25))
def test_normalising_twice_gives_the_same(written: str) -> None:
    once = normalise_phone(written)
    assert once is None or normalise_phone(once) == once
