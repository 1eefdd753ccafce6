"""Staff with an account, a post and a grant; and the viewer that comes of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tests.factories.organisations import AT, OPENED, SETUP

from genmai.directory.access import commands as access
from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster import commands as roster
from genmai.directory.roster.models import Organisation, Person
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Viewer

PASSWORD = "thirty-seven grey herons"


def staff(name: str, phone: str = "") -> Person:
    """A member of staff; the name is the key, so the same name is the same person."""
    return roster.add_person(actor=SETUP, at=AT, key=key_of("staff", name), name=name, phone=phone)


def account(
    login: str, role: str, organisation: Organisation, *, password: str = "", tree: str = "administrative",
    **reaches: bool,
) -> Account:  # fmt: skip
    """An account of a new person, holding `role` over `organisation` since 2020-01-01."""
    key = key_of("account", login)
    made = access.create_account(
        actor=SETUP, at=AT, key=key, login=login, person_id=staff(f"{login}的人").pk, password=password
    )
    grant(made, role, organisation, tree=tree, **reaches)
    return made


def grant(
    account: Account,
    role: str,
    organisation: Organisation,
    *,
    since: date = OPENED,
    until: date | None = None,
    tree: str = "administrative",
    **reaches: bool,
) -> int:
    """A grant's id."""
    return access.grant(
        actor=SETUP,
        at=AT,
        key=UUID(int=1),
        account_id=account.pk,
        role=role,
        organisation_id=organisation.pk,
        valid_from=since,
        valid_to=until,
        tree=tree,
        **reaches,
    ).pk


def viewer(login: str, role: str, organisation: Organisation, *, at: datetime = AT, **reaches: bool) -> Viewer:
    """The viewer of a new account at `at`."""
    return viewer_for(account(login, role, organisation, **reaches), at=at)
