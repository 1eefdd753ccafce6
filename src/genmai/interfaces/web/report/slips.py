"""The slip a reporter takes away: number and follow-up code, made at the edge, shown once, kept nowhere in clear.

The hidden key of the form (122 bits from the system's strong source) is the only secret. What is stored of it is a
one-way digest (the command's key), and the code is a MAC under the site's secret key. So a post sent twice gives the
same code, and nobody who reads the database can make it again. Both follow what was written too: a form that comes
back out of a browser's history and is sent with other words is another matter.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from genmai.kernel import ids

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O, 1 I L, U: they are read wrong on the telephone
LENGTH, GROUP = 12, 4  # 30^12: 58.9 bits
COOKIE = "genmai_slip"
MINUTES = 15


@dataclass(frozen=True, slots=True)
class Slip:
    """What the page after sending shows; `for_staff`: taken down for somebody else."""

    number: str
    code: str
    for_staff: bool = False


def keys_of(form_key: UUID, *written: str) -> tuple[UUID, str]:
    """The command's key and the follow-up code of one form with what was written in it."""
    content = hashlib.sha256("\x1f".join(written).encode("utf-8", "surrogatepass")).hexdigest()
    mac = hmac.new(settings.SECRET_KEY.encode(), b"follow-up code\x1f" + form_key.bytes + content.encode(), "sha256")
    return ids.subkey(form_key, "report", content), _readable(int.from_bytes(mac.digest()))


def _readable(number: int) -> str:
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, LENGTH, GROUP))


def hand_over(response: HttpResponse, slip: Slip) -> None:
    """Put the slip on its way to the next page: signed, for a quarter of an hour, readable by no script."""
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(slip), salt=COOKIE),
        max_age=MINUTES * 60,
        path="/report",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def received(request: HttpRequest) -> Slip | None:
    """The slip handed over, if it is ours and fresh."""
    try:
        return Slip(**signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=MINUTES * 60))
    except (signing.BadSignature, TypeError):
        return None
