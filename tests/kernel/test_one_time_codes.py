"""One-time codes against the vectors of RFC 6238, appendix B (SHA-1, eight digits)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from genmai.kernel import one_time_codes as codes

SEED = b"12345678901234567890"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds: int, expected: str) -> None:
    assert codes.code(SEED, seconds // codes.STEP, digits=8) == expected


def test_a_code_is_good_once_and_half_a_minute_either_way() -> None:
    step = codes.step_of(NOW)
    for late in (-1, 0, 1):
        typed = codes.code(SEED, step + late)
        assert codes.matching_step(SEED, f"{typed[:3]} {typed[3:]}", NOW, after=0) == step + late
    assert codes.matching_step(SEED, codes.code(SEED, step), NOW, after=step) is None
    for late in (-2, 2):
        assert codes.matching_step(SEED, codes.code(SEED, step + late), NOW, after=0) is None
    assert codes.matching_step(SEED, codes.code(SEED, step), NOW + timedelta(minutes=5), after=0) is None


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "1234567"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert codes.matching_step(SEED, typed, NOW, after=0) is None


def test_the_address_says_who_and_where_in_letters_an_app_reads() -> None:
    assert codes.spelled(SEED) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    said = codes.address(SEED, issuer="Genmai", account="村 书记")
    assert said.startswith("otpauth://totp/Genmai:%E6%9D%91%20%E4%B9%A6%E8%AE%B0?secret=GEZDGNBV")
