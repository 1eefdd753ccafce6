"""Numbers that pass every check and belong to nobody.

- Citizen's numbers (GB 11643): the first six digits name a county of GB/T 2260. We use 3399xx: Zhejiang has no
  prefecture 99 (its counties are 3301 to 3311, those once under the province 3390), so no such number was ever given
  out, whatever birth date and sequence follow. The check character is right.
- Mobile numbers: eleven digits beginning 164, a block of the numbering plan that no operator has been given.
- Credit codes (GB 32100): the six digits of the register are 3399xx too.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from genmai.kernel.identity_numbers import credit_check_character, identity_check_character

AREA, MOBILE = "3399", "164"
_SPREAD, _MOBILES = 61_803_399, 10**8  # coprime, so that the numbers look mixed and none comes twice


class Numbers:
    """Hands out numbers in order: the same calls, the same numbers."""

    def __init__(self) -> None:
        self._sequence: defaultdict[str, int] = defaultdict(int)
        self._phones = 0
        self._bodies = 0

    def identity(self, *, district: int, born: date, woman: bool) -> str:
        """A citizen's number of a person born in the `district`-th district; odd sequences are men's."""
        first = f"{AREA}{district:02d}{born:%Y%m%d}"
        slot = f"{first}{woman:d}"
        number = self._sequence[slot]
        self._sequence[slot] = number + 1
        if number >= 500:
            raise ValueError(f"more than 500 people of one sex born in district {district} on {born}")
        seventeen = f"{first}{2 * number + (not woman):03d}"
        return seventeen + identity_check_character(seventeen)

    def phone(self) -> str:
        """A mobile number nobody else has."""
        self._phones += 1
        return f"{MOBILE}{self._phones * _SPREAD % _MOBILES:08d}"

    def credit_code(self, *, kind: str, district: int) -> str:
        """A unified code; `kind` its first two signs (91 enterprise, 12 institution, 52 social body …)."""
        self._bodies += 1
        seventeen = f"{kind}{AREA}{district:02d}MA{self._bodies:07d}"
        return seventeen + credit_check_character(seventeen)
