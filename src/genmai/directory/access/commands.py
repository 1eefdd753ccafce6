"""Accounts, dated grants, passwords, looks at personal data, the security log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from genmai.directory.access.models import Account, Grant, Look, SecurityEvent
from genmai.directory.access.policies import check_accounts, check_reveal
from genmai.directory.access.queries import stand_in_lacks
from genmai.directory.access.roles import ROLES, THREE_PERSONS
from genmai.directory.roster import sealing
from genmai.directory.roster.commands import add_person, leave
from genmai.directory.roster.models import Away, Organisation, Person, Tree
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor

SECURITY_LOG_KEPT = timedelta(days=183)  # six months: 网络安全法 §21, and no longer (DESIGN §2.3)
LOOKS_AT_ONCE = 20_000
_LOOKS = """INSERT INTO access_look (at, account_id, organisation_id, person_id, fields, purpose, source)
SELECT %s, %s, %s, unnest(%s::bigint[]), %s, %s, %s"""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A login for a person with one role over one subtree; without a password nobody can sign in with it."""

    login: str
    person_id: int
    role: str
    organisation_id: int
    password: str = ""


def create_account(*, actor: Actor, at: datetime, key: UUID, login: str, person_id: int, password: str = "") -> Account:
    """An account for a person; it may do nothing until a grant says so. Raises BadInput for a login that is taken."""
    check_accounts(actor)
    login = clean(login, 40, field="login")
    known = Account.objects.filter(login=login).first()
    if known and known.person_id == person_id:
        return known
    if known or not login:
        raise BadInput("login_taken", "这个登录名已有人使用，请换一个", field="login")
    return Account.objects.create(login=login, person_id=person_id, password=_password(password, key))


@transaction.atomic
def create_accounts(
    *, actor: Actor, at: datetime, key: UUID, rows: Sequence[NewAccount], valid_from: date, document: str = ""
) -> list[Account]:
    """Accounts with one grant each, two statements for any number: setting up a district."""
    check_accounts(actor)
    for row in rows:
        _check_role(row.role)
    accounts = Account.objects.bulk_create(
        Account(login=row.login, person_id=row.person_id, password=_password(row.password, key)) for row in rows
    )
    Grant.objects.bulk_create(
        Grant(
            account=account,
            role=row.role,
            organisation_id=row.organisation_id,
            valid_from=valid_from,
            document=document,
        )
        for account, row in zip(accounts, rows, strict=True)
    )
    return accounts


@dataclass(frozen=True, slots=True)
class FirstOfficer:
    """One of the three persons of a new installation, with the password they typed themself."""

    role: str
    name: str
    login: str
    password: str


@transaction.atomic
def appoint_first_officers(
    *, actor: Actor, at: datetime, key: UUID, officers: Sequence[FirstOfficer], unit: str = ""
) -> list[Account]:
    """System, security and audit administrator of a new installation: three persons, three accounts, all or none.

    `unit`: the code of the body they answer for, the top of the administrative tree where none is named. Raises
    Refused('officers_there') once there is any of the three: from then on the security administrator opens accounts.
    """
    check_accounts(actor)
    if sorted(one.role for one in officers) != sorted(THREE_PERSONS):
        raise BadInput("three_persons", "系统管理员、安全管理员、安全审计员各要一人", field="role")
    if len({one.login for one in officers}) < len(officers) or len({one.name for one in officers}) < len(officers):
        raise BadInput("same_person", "系统管理员、安全管理员和安全审计员必须是三个人", field="login")
    if Grant.objects.select_for_update().filter(role__in=THREE_PERSONS).exists():
        raise Refused("officers_there", "已经有管理员了；以后的账号由安全管理员在“账号”里开")
    tops = Organisation.objects.filter(links__tree=Tree.ADMINISTRATIVE, links__valid_to=None, closed_on=None)
    wanted = tops.filter(code=unit) if unit else tops.filter(links__parent=None)
    body = wanted.order_by("-level", "id").first()
    if body is None:
        raise NotFound("还没有这个单位：请先导入组织，或者核对编码")
    made = []
    for one in officers:
        person = add_person(actor=actor, at=at, key=ids.subkey(key, one.role), name=one.name)
        account = create_account(actor=actor, at=at, key=key, login=one.login, person_id=person.pk)
        _set_password(account, one.password, key, at, "password_reset")
        grant(actor=actor, at=at, key=key, account_id=account.pk, role=one.role, organisation_id=body.pk,
              valid_from=day_of(at), document="首次安装")  # fmt: skip
        record_security_event(actor=actor, at=at, key=key, kind="account_opened", login=account.login,
                              account_id=account.pk, detail=f"{ROLES[one.role].title} ← {actor.name}")  # fmt: skip
        made.append(account)
    return made


@transaction.atomic
def grant(
    *, actor: Actor, at: datetime, key: UUID, account_id: int, role: str, organisation_id: int, valid_from: date,
    valid_to: date | None = None, capture: bool = True, view: bool = True, search: bool = True, document: str = "",
    tree: str = Tree.ADMINISTRATIVE,
) -> Grant:  # fmt: skip
    """A role over an organisation and all below it in one tree, from a day on. The same again gives the grant that is."""
    check_accounts(actor, account_id)
    _check_role(role)
    if valid_to is not None and valid_to <= valid_from:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="valid_to")
    if role in THREE_PERSONS:
        _check_three_persons(account_id, role, valid_from)
    same = {"account_id": account_id, "role": role, "organisation_id": organisation_id, "valid_to": valid_to}
    reaches = {"capture": capture, "view": view, "search": search}
    return Grant.objects.get_or_create(
        **same, **reaches, tree=tree, defaults={"valid_from": valid_from, "document": document}
    )[0]


def revoke(*, actor: Actor, at: datetime, key: UUID, grant_id: int, on: date) -> Grant:
    """End a grant on a day (that day no longer counts); what was done under it stands."""
    held = Grant.objects.filter(pk=grant_id).first()
    if held is None:
        raise NotFound("没有找到这项授权")
    check_accounts(actor, held.account_id)
    held.valid_to = max(on, held.valid_from)
    held.save(update_fields=["valid_to"])
    return held


def enter_leave(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, first_day: date, last_day: date,
    stand_in_id: int | None = None, team_path: str = "",
) -> Away:  # fmt: skip
    """Leave with a stand-in who already holds what is needed: no grant is copied. Raises BadInput('stand_in_lacks')."""
    if stand_in_id is not None:
        lacking = stand_in_lacks(actor.viewer, person_id=person_id, stand_in_id=stand_in_id, at=at)
        if lacking:
            message = "他还不能代：缺少{what}。请管理员先给他一份有期限的授权，或者另选一位"
            raise BadInput("stand_in_lacks", message, field="stand_in", what="、".join(lacking))
    return leave.enter_leave(
        actor=actor, at=at, key=key, person_id=person_id, first_day=first_day, last_day=last_day,
        stand_in_id=stand_in_id, team_path=team_path,
    )  # fmt: skip


def change_password(*, actor: Actor, at: datetime, key: UUID, account: Account, old: str, new: str) -> Account:
    """One's own password, with the old one. Other sessions end. Raises BadInput('wrong_password' | 'weak_password')."""
    if actor.viewer.account_id != account.pk or not check_password(old, account.password):
        raise BadInput("wrong_password", "原密码不对，密码没有改动", field="old")
    return _set_password(account, new, key, at, "password_changed")


def reset_password(*, actor: Actor, at: datetime, key: UUID, account: Account, new: str) -> Account:
    """By who keeps the accounts; also ends a lock-out."""
    check_accounts(actor, account.pk)
    return _set_password(account, new, key, at, "password_reset")


def unlock(*, actor: Actor, at: datetime, key: UUID, account: Account) -> SecurityEvent:
    """End a lock-out before its time; the failures before no longer count."""
    check_accounts(actor, account.pk)
    return SecurityEvent.objects.create(
        at=at, kind="unlocked", login=account.login, account=account, detail=actor.viewer.name
    )


def close_account(*, actor: Actor, at: datetime, key: UUID, account: Account) -> Account:
    """Nobody signs in with it any more; open sessions end with the next page."""
    check_accounts(actor, account.pk)
    account.is_active = False
    account.save(update_fields=["is_active"])
    return account


def set_language(*, actor: Actor, at: datetime, key: UUID, account: Account, language: str) -> Account:
    """The person's own switch."""
    if language not in ("zh-hans", "en"):
        raise BadInput("unknown_language", "没有这种语言", field="language", allowed="zh-hans, en")
    account.language = language
    account.save(update_fields=["language"])
    return account


@transaction.atomic
def reveal(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, path: str, purpose: str, source: str = ""
) -> sealing.Clear:
    """Name and number in clear to staff with `people:reveal` at `path` (the home of the matter), for a stated purpose.

    Every call writes a look that the person concerned can read; written first, so that nothing is shown unlogged.
    Raises NotPermitted, BadInput('purpose_missing'), Changed('forgotten') after deletion.
    """
    check_reveal(actor, path)
    record_look(actor=actor, at=at, key=key, person_id=person_id, fields="name,phone", purpose=purpose, source=source)
    person = Person.objects.select_related("sealing_key").filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有找到这个人")
    try:
        return sealing.open_person(person)
    except sealing.KeyDestroyed:
        raise Changed("forgotten", "这个人的姓名和电话已按本人要求删除，无法再看到") from None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A member's numbers in clear."""

    phone: str
    identity: str


@transaction.atomic
def reveal_numbers(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, path: str, purpose: str, source: str = ""
) -> Numbers:
    """A member's identity and phone numbers in clear to who holds `people:reveal` over their branch in the Party tree.

    Like `reveal`: the look is written first, and the person concerned can read it. Raises as it does.
    """
    check_reveal(actor, path, tree=Tree.PARTY)
    record_look(
        actor=actor, at=at, key=key, person_id=person_id, fields="identity,phone", purpose=purpose, source=source
    )
    person = Person.objects.select_related("sealing_key").filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有找到这个人")
    try:
        return Numbers(sealing.open_person(person).phone, sealing.open_identity(person))
    except sealing.KeyDestroyed:
        raise Changed("forgotten", "这个人的姓名和电话已按本人要求删除，无法再看到") from None


def record_look(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, fields: str, purpose: str, source: str = ""
) -> Look:
    """Write who sees whose data and why. Append-only. Raises BadInput('purpose_missing')."""
    if actor.viewer.account_id is None:
        raise NotPermitted("not_permitted", "联系方式只给登录的工作人员看")
    purpose = clean(purpose, 200, field="purpose")
    if len(purpose) < 2:
        raise BadInput("purpose_missing", "请先写明查看的用途，本人可以看到这条记录", field="purpose")
    return Look.objects.create(
        at=at,
        account_id=actor.viewer.account_id,
        organisation_id=actor.viewer.organisation_id,
        person_id=person_id,
        fields=fields,
        purpose=purpose,
        source=source[:80],
    )


@transaction.atomic
def record_looks(
    *, actor: Actor, at: datetime, key: UUID, person_ids: Iterable[int], fields: str, purpose: str, source: str = ""
) -> int:
    """The same for many persons at once (a list taken out as a file); gives how many. Raises BadInput."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return 0
    if actor.viewer.account_id is None:
        raise NotPermitted("not_permitted", "联系方式只给登录的工作人员看")
    purpose = clean(purpose, 200, field="purpose")
    if len(purpose) < 2:
        raise BadInput("purpose_missing", "请先写明查看的用途，本人可以看到这条记录", field="purpose")
    told = (at, actor.viewer.account_id, actor.viewer.organisation_id)
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(wanted), LOOKS_AT_ONCE):  # half a million of a whole city are never all in memory
            chunk = wanted[start : start + LOOKS_AT_ONCE]
            cursor.execute(_LOOKS, (*told, chunk, fields, purpose, source[:80]))
    return len(wanted)


def record_security_event(
    *, actor: Actor, at: datetime, key: UUID, kind: str, login: str = "", account_id: int | None = None,
    address: str | None = None, detail: str = "",
) -> SecurityEvent:  # fmt: skip
    """One line of the security log: signed_in, signed_out, sign_in_failed, sign_in_locked, refused …"""
    return SecurityEvent.objects.create(
        at=at,
        kind=kind,
        login=login[:40].replace("\x00", ""),
        account_id=account_id,
        address=address,
        detail=detail[:200],
    )


def prune_security_events(*, actor: Actor, at: datetime, key: UUID) -> int:
    """Throw away what is older than six months; gives how many."""
    check_accounts(actor)
    return SecurityEvent.objects.filter(at__lt=at - SECURITY_LOG_KEPT).delete()[0]


def _set_password(account: Account, new: str, key: UUID, at: datetime, kind: str) -> Account:
    try:
        validate_password(new, account)
    except ValidationError as invalid:
        raise BadInput("weak_password", "新密码太简单：{why}", field="new", why="；".join(invalid.messages)) from None
    with transaction.atomic():
        account.password = make_password(new)
        account.save(update_fields=["password"])
        SecurityEvent.objects.create(at=at, kind=kind, login=account.login, account=account)
    return account


def _password(clear: str, key: UUID) -> str:
    # "!" is Django's mark of a password that nothing matches; Django would add a random tail, here the key does.
    return make_password(clear) if clear else f"!{key.hex}"


def _check_three_persons(account_id: int, role: str, valid_from: date) -> None:
    """System, security and audit administrator are three persons (三员分立). Locks the account against a second grant."""
    account = Account.objects.select_for_update().get(pk=account_id)
    others = account.grants.filter(role__in=set(THREE_PERSONS) - {role}).exclude(valid_to__lte=valid_from)
    held = others.first()
    if held is not None:
        raise BadInput(
            "three_persons",
            "他已经是{held}；系统管理员、安全管理员和安全审计员必须是三个人，请另选一位",
            field="role",
            held=ROLES[held.role].title,
        )


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise BadInput("unknown_role", "没有“{role}”这个角色", field="role", allowed="、".join(ROLES), role=role)
