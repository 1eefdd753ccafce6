"""Who may: the viewer of an account, why something can or can't be seen, who has looked, and lock-outs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop as _

from genmai.directory.access.definition import sign_in_rules
from genmai.directory.access.models import Account, Grant, Look, SecurityEvent
from genmai.directory.access.roles import PERMISSIONS, ROLES, permissions_of, roles_with
from genmai.directory.roster.models import Away, Organisation, Tree
from genmai.directory.roster.queries.leave import in_effect
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Granted, Reach, Viewer

_COUNTED = ("sign_in_failed", "signed_in", "password_reset", "unlocked")


def viewer_for(account: Account, *, at: datetime, purpose: str = "", acting_for: int | None = None) -> Viewer:
    """What an account may do at a moment: grants valid on that day, at today's place in the tree. At most 2 queries.

    `acting_for` chooses the organisation in whose name the person acts, where they hold grants in several; else the
    first grant. No grant: a viewer who may sign in and sees nothing.
    """
    rows = _grant_rows(account, at) if account.is_active else []
    if not rows:
        person = account.person
        return Viewer(account.pk, person.pk, person.public_id, person.display_name, purpose=purpose)
    first = next((row for row in rows if row["organisation_id"] == acting_for), rows[0])
    return Viewer(
        account_id=account.pk,
        person_id=account.person_id,
        person_public_id=first["account__person__public_id"],
        name=first["account__person__display_name"],
        organisation_id=first["organisation_id"],
        organisation_name=first["organisation__short_name"],
        path=first["path"],
        level=first["organisation__level"],
        role=first["role"],
        grants=tuple(_granted(row) for row in rows),
        purpose=purpose,
    )


def standing_in(account: Account, *, away_id: int, at: datetime) -> Viewer | None:
    """The stand-in at work in the absent person's place: what both may do there, for the days of the absence only.

    Nothing is given by it: a permission the stand-in does not hold themself is left out. None when it is over.
    """
    day = day_of(at)
    away = (
        Away.objects.select_related("person")
        .filter(in_effect(day, day), pk=away_id, stand_in_id=account.person_id)
        .first()
    )
    absent = Account.objects.filter(person_id=away.person_id).first() if away else None
    if away is None or absent is None:
        return None
    theirs, own = viewer_for(absent, at=at), viewer_for(account, at=at)
    shared = tuple(replace(one, permissions=_held(own, one)) for one in theirs.grants)
    return replace(
        theirs,
        account_id=own.account_id,
        person_id=own.person_id,
        person_public_id=own.person_public_id,
        name=own.name,
        grants=tuple(one for one in shared if one.permissions),
        acts_for=away.person.display_name,
    )


def _held(own: Viewer, grant: Granted) -> frozenset[str]:
    """Those permissions of a grant that the viewer holds at its place with every reach it gives."""
    return frozenset(
        p for p in grant.permissions if all(own.may(p, grant.path, reach, tree=grant.tree) for reach in grant.reaches)
    )


def stand_in_lacks(viewer: Viewer, *, person_id: int, stand_in_id: int, at: datetime) -> tuple[str, ...]:
    """What the absent person may do and the stand-in may not, as words of PERMISSIONS; empty: they can stand in."""
    accounts = {one.person_id: one for one in Account.objects.filter(person_id__in=(person_id, stand_in_id))}
    if person_id not in accounts:
        return ()
    theirs = viewer_for(accounts[person_id], at=at)
    own = viewer_for(accounts[stand_in_id], at=at) if stand_in_id in accounts else Viewer()
    lacking = {p for one in theirs.grants for p in one.permissions - _held(own, one)}
    return tuple(PERMISSIONS[p] for p in PERMISSIONS if p in lacking)


def _grant_rows(account: Account, at: datetime) -> Sequence[Mapping[str, Any]]:
    day = day_of(at)
    found = Grant.objects.filter(
        valid_on(day),
        valid_on(day, "organisation__links__"),
        account=account,
        organisation__links__tree=F("tree"),
    ).annotate(path=F("organisation__links__path"))
    rows = cast(
        Sequence[Mapping[str, Any]],
        found.order_by("id").values(
            "role", "capture", "view", "search", "path", "tree", "organisation_id", "organisation__short_name",
            "organisation__level", "account__person__public_id", "account__person__display_name",
        )
    )  # fmt: skip
    # A person's own desk is where they stand in the administrative tree, if they stand there at all.
    return sorted(rows, key=lambda row: row["tree"] != Tree.ADMINISTRATIVE)


def _granted(row: Mapping[str, Any]) -> Granted:
    reaches = frozenset(reach for reach in Reach if row[reach.value])
    return Granted(row["role"], permissions_of(row["role"]), row["path"], reaches, row["tree"])


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of the answer to "why can / can't I see this?": a msgid and the words that fill it."""

    message: str
    params: Mapping[str, tuple[str, ...]]

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence to show; `translate` looks up the catalogue for the sentence and for each word in it."""
        comma = translate(_("、"))
        filled = {name: comma.join(translate(word) for word in words) for name, words in self.params.items()}
        return translate(self.message).format(**filled)


@dataclass(frozen=True, slots=True)
class Why:
    """Whether, and the reasons in reading order."""

    allowed: bool
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return "；".join(reason.text() for reason in self.reasons)


def why(
    viewer: Viewer, *, permission: str, path: str, reach: Reach = Reach.VIEW, tree: str = Tree.ADMINISTRATIVE
) -> Why:
    """Why the viewer can or can't do something at a place of the tree, in plain words; one query for names.

    Never says what lies at `path`: only which of the viewer's own grants reach it or don't.
    """
    word = PERMISSIONS.get(permission, permission)
    if viewer.anonymous:
        return Why(False, (Reason(_("您还没有登录"), {}),))
    holding = [grant for grant in viewer.grants if permission in grant.permissions and grant.tree == tree]
    if not holding:
        return Why(False, (_lacking(viewer, permission, word),))
    names = _names([grant.path for grant in holding])
    reaching = [grant for grant in holding if path.startswith(grant.path) and reach in grant.reaches]
    if reaching:
        return Why(True, tuple(_because(grant, names, word) for grant in reaching))
    return Why(False, tuple(_because_not(grant, names, word, path, reach) for grant in holding))


def _lacking(viewer: Viewer, permission: str, word: str) -> Reason:
    who = tuple(role.title for role in roles_with(permission)) or (_("（没有）"),)
    mine = tuple(sorted({_title(grant.role) for grant in viewer.grants})) or (_("（还没有授权）"),)
    params = {"mine": mine, "what": (word,), "who": who}
    return Reason(_("您的角色是{mine}，不含“{what}”；有这项权限的是{who}"), params)


def _because(grant: Granted, names: Mapping[int, str], word: str) -> Reason:
    return Reason(_("您是{where}的{role}，在{where}及其下级可以“{what}”"), _words(grant, names, word))


def _because_not(grant: Granted, names: Mapping[int, str], word: str, path: str, reach: Reach) -> Reason:
    if path.startswith(grant.path):
        return Reason(_NOT_GIVEN[reach], _words(grant, names, word))
    outside = _("您是{where}的{role}，只能在{where}及其下级“{what}”；这里不在这个范围内")
    return Reason(outside, _words(grant, names, word))


def _words(grant: Granted, names: Mapping[int, str], word: str) -> Mapping[str, tuple[str, ...]]:
    return {"where": (names.get(_head(grant.path), ""),), "role": (_title(grant.role),), "what": (word,)}


_NOT_GIVEN = {
    Reach.CAPTURE: _("您是{where}的{role}，但这项授权不含登记和办理"),
    Reach.VIEW: _("您是{where}的{role}，但这项授权不含查看"),
    Reach.SEARCH: _("您是{where}的{role}，但这项授权不含搜索"),
}


def _title(role: str) -> str:
    return ROLES[role].title if role in ROLES else role


def _names(paths: Sequence[str]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=[_head(path) for path in paths]).values_list("pk", "short_name"))


def _head(path: str) -> int:
    return int(path.strip("/").rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class LookSeen:
    """Who saw a person's data, as that person reads it."""

    at: datetime
    who: str
    organisation: str
    fields: str
    purpose: str


def looks_at_person(viewer: Viewer, *, person_id: int, limit: int = 50) -> list[LookSeen]:
    """Who has looked, newest first: for the person concerned and for auditors. Raises NotPermitted.

    A resident without an account comes by the follow-up code: the page hands in a viewer with their `person_id`.
    """
    if viewer.person_id != person_id and not viewer.paths("people:looks", Reach.VIEW):
        raise NotPermitted("not_permitted", "谁看过个人信息，只有本人和安全审计员可以查看")
    found = Look.objects.filter(person_id=person_id).select_related("account__person", "organisation").order_by("-id")
    return [_look(look) for look in found[:limit]]


def looks(viewer: Viewer, *, limit: int = 200) -> list[LookSeen]:
    """Every look, newest first, for who holds `people:looks`; for others those at their own data."""
    found = Look.objects.select_related("account__person", "organisation").order_by("-id")
    if not viewer.paths("people:looks", Reach.VIEW):
        found = found.filter(person_id=viewer.person_id) if viewer.person_id else found.none()
    return [_look(look) for look in found[:limit]]


def _look(look: Look) -> LookSeen:
    office = look.organisation.short_name if look.organisation else ""
    return LookSeen(look.at, look.account.person.display_name, office, look.fields, look.purpose)


def accounts(viewer: Viewer, *, find: str = "", role: str = "") -> QuerySet[Account]:
    """Accounts by login with person and grants, for who keeps them. `find`: part of login, name or unit.

    Raises NotPermitted.
    """
    if not viewer.paths("accounts:manage", Reach.VIEW):
        raise NotPermitted("not_permitted", "账号和授权由安全管理员维护，您的账号没有这个权限，请联系安全管理员")
    found = Account.objects.select_related("person")
    if find:
        units = Grant.objects.filter(organisation__short_name__icontains=find).values("account_id")
        matching = Q(login__icontains=find) | Q(person__display_name__icontains=find) | Q(pk__in=units)
        found = found.filter(matching)
    if role:
        found = found.filter(pk__in=Grant.objects.filter(role=role).values("account_id"))
    return found.order_by("login").prefetch_related(Prefetch("grants", Grant.objects.select_related("organisation")))


def locked_until(viewer: Viewer, *, login: str, at: datetime) -> datetime | None:
    """Until when sign-in is shut for a login: fifteen minutes after the fifth failure in a row within as long.

    How many and how long is the mechanism's. A new password or unlocking by the security administrator ends it.
    """
    rules = sign_in_rules()
    failures, locked_for = rules.failures, timedelta(minutes=rules.locked_minutes)
    recent = SecurityEvent.objects.filter(login=login, at__gt=at - 2 * locked_for, kind__in=_COUNTED)
    last = list(recent.order_by("-at", "-id").values_list("kind", "at")[:failures])
    if len(last) < failures or any(kind != "sign_in_failed" for kind, _ in last):
        return None
    newest, oldest = last[0][1], last[-1][1]
    until = newest + locked_for
    return until if newest - oldest <= locked_for and at < until else None


def security_events(viewer: Viewer, *, limit: int = 50, own: bool = False, login: str = "") -> list[SecurityEvent]:
    """The security log, newest first: for the auditor all but what concerns themself, else what concerns one's own login.

    Raises NotPermitted for who is not signed in.
    """
    if viewer.account_id is None:
        raise NotPermitted("not_permitted", "请先登录")
    found = SecurityEvent.objects.order_by("-at", "-id")
    if own or not viewer.paths("security:view", Reach.VIEW):
        found = found.filter(login__in=Account.objects.filter(pk=viewer.account_id).values("login"))
    else:  # nobody reads the log of themself
        found = found.exclude(login__in=Account.objects.filter(pk=viewer.account_id).values("login"))
    return list((found.filter(login=login) if login else found)[:limit])
