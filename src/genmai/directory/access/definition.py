"""The access section of a mechanism, typed: how people sign in, and which looking is shown to the auditor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Literal

from django.conf import settings
from pydantic import Field

from genmai.directory.access.roles import ROLES
from genmai.mechanisms import installing
from genmai.mechanisms.schema import Code, Fault, Frozen, House, Positive, Section, Text

Hour = Annotated[int, Field(strict=True, ge=0, le=24)]


class SignInRules(Frozen):
    """`second_factor`: roles that don't get on without one, where the site stands behind TLS."""

    failures: Positive
    locked_minutes: Positive
    idle_minutes: Positive
    recovery_codes: Positive
    second_factor: tuple[str, ...] = ()


class LookRule(Frozen):
    """One way of looking that is shown. `most` is still usual; what is above it is shown."""

    title: Text
    counts: Literal["looks_a_day", "same_person", "at_night", "outside"]
    most: Annotated[int, Field(strict=True, ge=0)]
    night_from: Hour = 22
    night_to: Hour = 6


class AccessSection(Section):
    """How people sign in; flags on looking, which propose and never decide."""

    sign_in: SignInRules
    looks: Mapping[Code, LookRule]

    def check(self, house: House) -> Iterator[Fault]:
        for role in self.sign_in.second_factor:
            if role not in ROLES:
                yield Fault("sign_in.second_factor", role, f"one of: {', '.join(sorted(ROLES))}")


DEFAULT = SignInRules(failures=5, locked_minutes=15, idle_minutes=30, recovery_codes=10)


@lru_cache(maxsize=1)
def section() -> tuple[AccessSection | None, str]:
    """The installed rules and the mechanism they stand in (key@version)."""
    found = installing.library(settings.GENMAI_MECHANISMS).having(AccessSection)
    return (found[0].section(AccessSection), found[0].ref) if found else (None, "")


def sign_in_rules() -> SignInRules:
    """As installed, else what GB/T 22239-2019 asks for at the third level."""
    installed, _ = section()
    return installed.sign_in if installed else DEFAULT
