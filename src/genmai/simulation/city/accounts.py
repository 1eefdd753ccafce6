"""One log-in per role in the city: organisation departments of city and district, a town, a branch; three keepers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from genmai.directory.access.commands import create_account, grant
from genmai.directory.access.models import Account
from genmai.directory.access.roles import ROLES
from genmai.directory.roster.commands.people import NewPerson, add_people
from genmai.directory.roster.models import Category, Organisation, Tree
from genmai.directory.roster.registry.industries import TOP
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.simulation.city.ground import Ground
from genmai.simulation.city.organisations import party_code

_ACTOR = Actor.system("simulation")
_SINCE = date(2016, 7, 1)
FOCUS = "330212"  # Yinzhou, where the source texts tell most; at a fraction without it the first district there is
# Log-in, role, name, tree, organisation: found by `_places`.
LOGINS = (
    ("shizuzhibu", "party_organiser", "徐市组", Tree.PARTY, "city"),
    ("quzuzhibu", "party_organiser", "俞区组", Tree.PARTY, "district"),
    ("dangjianban", "party_office", "邬镇建", Tree.PARTY, "town"),
    ("zhibushuji", "branch_secretary", "竺支书", Tree.PARTY, "branch"),
    ("hangyedangwei", "party_organiser", "夏行业", Tree.INDUSTRY, "industry"),
    ("guanliyuan", "administrator", "系统管理员", Tree.ADMINISTRATIVE, "ground"),
    ("anquanyuan", "security_administrator", "安全管理员", Tree.ADMINISTRATIVE, "ground"),
    ("shenjiyuan", "security_auditor", "安全审计员", Tree.ADMINISTRATIVE, "ground"),
)


@transaction.atomic  # killed in it, nobody is left without a grant
def ensure(ground: Ground, *, at: datetime, seed: int, password_of: Callable[[str], str]) -> None:
    """Accounts with a dated grant each, unless they are there."""
    if Account.objects.filter(login=LOGINS[-1][0]).exists():
        return
    key = ids.key_of("simulation", seed, "city accounts")
    people = add_people(
        actor=_ACTOR, at=at, key=key, rows=[NewPerson(name, "", login) for login, _, name, _, _ in LOGINS]
    )
    places = _places(ground)
    for person, (login, role, _, tree, where) in zip(people, LOGINS, strict=True):
        account = create_account(
            actor=_ACTOR, at=at, key=ids.subkey(key, login), login=login, person_id=person.pk,
            password=password_of(login),
        )  # fmt: skip
        grant(
            actor=_ACTOR, at=at, key=ids.subkey(key, login, "grant"), account_id=account.pk, role=role,
            organisation_id=places[where].pk, valid_from=_SINCE, document="模拟数据", tree=tree,
        )  # fmt: skip


def shown() -> list[tuple[str, str]]:
    """(title of the role, log-in) of every account."""
    return [(ROLES[role].title, login) for login, role, *_ in LOGINS]


def _places(ground: Ground) -> dict[str, Organisation]:
    """A town of the focus district and the first branch that stands alone below it, found by code."""
    district = next((one.code for one in ground.districts if one.code == FOCUS), ground.districts[0].code)
    town = max(
        (one.code for one in ground.towns if one.code.startswith(district)),
        key=lambda code: sum(village.code.startswith(code) for village in ground.villages),
    )
    codes = {
        "city": party_code(ground.city.code), "district": party_code(district), "town": party_code(town),
        "ground": ground.city.code, "industry": TOP,
    }  # fmt: skip
    branches = Organisation.objects.filter(code__startswith=f"{party_code(town)}", category=Category.BRANCH)
    branch = branches.filter(sector="village").order_by("code").first()
    found = {body.code: body for body in Organisation.objects.filter(code__in=codes.values())}
    if branch is None:
        raise ValueError(f"no branch below {codes['town']}")
    return {name: found[code] for name, code in codes.items()} | {"branch": branch}
