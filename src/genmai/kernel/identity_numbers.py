"""Numbers that name a person or an organisation: how they are written, checked and brought to one form.

Sources: GB 11643-1999 (citizen identity number, check character ISO 7064 MOD 11-2), GB 32100-2015 (unified social
credit code, mod 31), the national numbering plan (mobile 1[3-9] and 11 digits, area codes 010, 02x, 0xxx).
Every `normalise_…` gives None for what is no such number, so that a form can say so in its own words.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"
# First two digits: provinces of GB/T 2260, 81-83 residence permits of Hong Kong, Macao and Taiwan, 9x permanent
# residence of foreigners (since 2023 the same 18-digit form).
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-6]")

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT = re.compile(f"[1-9A-HJ-NPQRTUWXY][{_CREDIT_ALPHABET}]{{17}}")

_DECORATION = re.compile(r"[\s\-‐-―−.·()]+")
_EXTENSION = re.compile(r"(?:转|ext\.?|#|,)\s*(\d{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"^(0\d{2,3}-\d{7,8})-(\d{1,6})$")
_MOBILE = re.compile(r"0?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0(10|2\d|[3-9]\d{2})([2-8]\d{6,7})")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_SERVICE = re.compile(r"(?:400|800)\d{7}|1[12]\d|1[0126]\d{3}|9[56]\d{3,4}")
_ABROAD = re.compile(r"\+[1-9]\d{6,14}")


def half_width(text: str) -> str:
    """`text` with full-width digits, letters and signs as half-width ones, trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def identity_check_character(first_seventeen: str) -> str:
    """The eighteenth character of an identity number (GB 11643, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_CHECKS[total % 11]


def normalise_identity(text: str) -> str | None:
    """The 18-character identity number with capital X, or None if form, province, birth date or check are wrong.

    Numbers of 15 digits (before 1999) come back in their 18-character form, so that both match.
    """
    number = _DECORATION.sub("", half_width(text)).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        number = f"{number[:6]}19{number[6:]}"
        number += identity_check_character(number)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or not _PROVINCE.match(number):
        return None
    return number if _is_day(number[6:14]) and identity_check_character(number[:17]) == number[17] else None


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1850
    except ValueError:
        return False


def birth_in(identity: str) -> date:
    """The day of birth in a number in its normalised form."""
    return date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))


def sex_in(identity: str) -> str:
    """The sex in a number in its normalised form (GB/T 2261.1): 1 male (odd), 2 female."""
    return "1" if identity[16] in "13579" else "2"


def is_identity(text: str) -> bool:
    """Whether `text` is a valid identity number in any usual way of writing."""
    return normalise_identity(text) is not None


def normalise_credit_code(text: str) -> str | None:
    """The 18-character unified social credit code in capitals, or None if form or check are wrong (GB 32100)."""
    code = _DECORATION.sub("", half_width(text)).upper()
    if not _CREDIT.fullmatch(code):
        return None
    return code if credit_check_character(code[:17]) == code[17] else None


def credit_check_character(first_seventeen: str) -> str:
    """The eighteenth character of a unified social credit code (GB 32100, mod 31)."""
    places = (_CREDIT_ALPHABET.index(char) for char in first_seventeen)
    total = sum(place * weight for place, weight in zip(places, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def is_credit_code(text: str) -> bool:
    """Whether `text` is a valid unified social credit code."""
    return normalise_credit_code(text) is not None


def normalise_phone(text: str, *, area: str = "") -> str | None:
    """One form for every way of writing a telephone number, or None if it is none.

    Mobile: 11 digits. Landline: `0574-87654321`, with an extension `0574-87654321-801`; a number without area code
    takes `area` (such as "0574"). Service numbers (12345, 110, 95598, 4001234567) as they are. Abroad: `+85291234567`.
    """
    written = half_width(text)
    extension = ""
    if found := _EXTENSION.search(written) or None:
        extension, written = found[1], written[: found.start()]
    elif dashed := _DASHED_EXTENSION.match(written):
        written, extension = dashed[1], dashed[2]
    number = _DECORATION.sub("", written)
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            return _domestic(number.removeprefix(prefix), extension, area, trunk=True)
    if number.startswith("+"):
        return number if _ABROAD.fullmatch(number) and not extension else None
    if number.startswith("86") and _MOBILE.fullmatch(number[2:]):
        number = number[2:]
    return _domestic(number, extension, area, trunk=False)


def _domestic(number: str, extension: str, area: str, *, trunk: bool) -> str | None:
    """A number within China; with `trunk` the leading 0 of an area code may have been left out (+86 574 …)."""
    if not number.isascii() or not number.isdigit():
        return None
    if mobile := _MOBILE.fullmatch(number):
        return mobile[1] if not extension else None
    if trunk and not number.startswith("0") and _LANDLINE.fullmatch("0" + number):
        number = "0" + number
    if landline := _LANDLINE.fullmatch(number):
        return "-".join(filter(None, (f"0{landline[1]}", landline[2], extension)))
    if area and _LOCAL.fullmatch(number):
        return "-".join(filter(None, (area, number, extension)))
    return number if _SERVICE.fullmatch(number) and not extension else None
