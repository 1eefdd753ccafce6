"""Second factors: enrol, prove, take away. Seeds and challenges are made at the edge and handed in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from genmai.directory.access.definition import sign_in_rules
from genmai.directory.access.models import Account, Factor, FactorKind, SecurityEvent
from genmai.directory.access.policies import check_accounts
from genmai.kernel import one_time_codes, secrets
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, Viewer

PROVING = (FactorKind.TOTP, FactorKind.PASSKEY)  # recovery codes stand in for one of these, never alone


def in_force(account: Account) -> list[Factor]:
    """What the account's owner can prove themself with, newest last. One query."""
    return list(Factor.objects.filter(account=account, ended_at=None, confirmed_at__isnull=False).order_by("id"))


def has_second(factors: Iterable[Factor]) -> bool:
    """Whether signing in asks for more than the password."""
    return any(factor.kind in PROVING for factor in factors)


def must_have(viewer: Viewer) -> bool:
    """Whether one of the viewer's roles may not go on without a second factor."""
    wanted = set(sign_in_rules().second_factor)
    return any(grant.role in wanted for grant in viewer.grants)


def _check_own(actor: Actor, account: Account) -> None:
    if actor.viewer.account_id != account.pk:
        raise NotPermitted("not_permitted", "第二道验证只能由本人自己设置")


@transaction.atomic
def begin_totp(*, actor: Actor, at: datetime, key: UUID, account: Account, seed: bytes) -> Factor:
    """A seed that proves nothing until one of its codes was typed; an earlier beginning is dropped."""
    _check_own(actor, account)
    Factor.objects.filter(account=account, kind=FactorKind.TOTP, confirmed_at=None, ended_at=None).update(ended_at=at)
    return Factor.objects.create(account=account, kind=FactorKind.TOTP, secret=_sealed(seed, account), added_at=at)


@transaction.atomic
def confirm_totp(*, actor: Actor, at: datetime, key: UUID, account: Account, typed: str) -> Factor:
    """The first right code makes it count; the app before is ended. Raises BadInput('wrong_code')."""
    _check_own(actor, account)
    waiting = Factor.objects.select_for_update().filter(account=account, kind=FactorKind.TOTP, ended_at=None)
    begun = waiting.filter(confirmed_at=None).last()
    if begun is None:
        raise NotFound("请先扫二维码")
    step = one_time_codes.matching_step(seed_of(begun, account), typed, at, after=0)
    if step is None:
        raise BadInput("wrong_code", "动态口令不对，请看手机上现在的六位数字再输一遍", field="code")
    waiting.exclude(pk=begun.pk).update(ended_at=at)
    begun.counter, begun.confirmed_at = step, at
    begun.save(update_fields=["counter", "confirmed_at"])
    _note(account, at, "factor_added", FactorKind.TOTP)
    return begun


@transaction.atomic
def add_passkey(
    *, actor: Actor, at: datetime, key: UUID, account: Account, name: str, credential_id: bytes, credential: bytes,
    counter: int,
) -> Factor:  # fmt: skip
    """A passkey whose making the edge has checked. Raises BadInput('passkey_known')."""
    _check_own(actor, account)
    if Factor.objects.filter(credential_id=credential_id).exists():
        raise BadInput("passkey_known", "这个通行密钥已经登记过了")
    made = Factor.objects.create(
        account=account, kind=FactorKind.PASSKEY, name=clean(name, 40, field="name"), secret=credential,
        credential_id=credential_id, counter=counter, added_at=at, confirmed_at=at,
    )  # fmt: skip
    _note(account, at, "factor_added", FactorKind.PASSKEY)
    return made


@transaction.atomic
def replace_recovery_codes(
    *, actor: Actor, at: datetime, key: UUID, account: Account, codes: Sequence[str]
) -> list[Factor]:
    """New codes, each good once; those before are ended. Only their keyed digests are kept."""
    _check_own(actor, account)
    Factor.objects.filter(account=account, kind=FactorKind.RECOVERY, ended_at=None).update(ended_at=at)
    _note(account, at, "recovery_codes", FactorKind.RECOVERY)
    return Factor.objects.bulk_create(
        Factor(account=account, kind=FactorKind.RECOVERY, secret=_digest(code), added_at=at, confirmed_at=at)
        for code in codes
    )


@transaction.atomic
def end_factor(*, actor: Actor, at: datetime, key: UUID, account: Account, factor_id: int) -> None:
    """Take one's own factor away. Raises NotPermitted where the role needs one and this is the last."""
    _check_own(actor, account)
    held = [factor for factor in in_force(account) if factor.kind in PROVING]
    if must_have(actor.viewer) and settings.GENMAI_SECOND_FACTOR and [f.pk for f in held] == [factor_id]:
        raise NotPermitted("last_factor", "您的角色必须有第二道验证，请先加一个新的，再去掉这一个")
    if not Factor.objects.filter(pk=factor_id, account=account, ended_at=None).update(ended_at=at):
        raise NotFound("没有找到这一项")
    _note(account, at, "factor_ended", "")


@transaction.atomic
def reset_factors(*, actor: Actor, at: datetime, key: UUID, account: Account) -> int:
    """By the security administrator, when a telephone is lost: all are ended; gives how many."""
    check_accounts(actor, account.pk)
    ended = Factor.objects.filter(account=account, ended_at=None).update(ended_at=at)
    _note(account, at, "factors_reset", actor.viewer.name)
    return ended


@transaction.atomic
def take_code(*, actor: Actor, at: datetime, key: UUID, account: Account, typed: str) -> bool:
    """Whether a one-time or recovery code is right; then it is used up, also for whoever comes at the same moment."""
    rows = Factor.objects.select_for_update().filter(account=account, ended_at=None, confirmed_at__isnull=False)
    for factor in rows.filter(kind=FactorKind.TOTP):
        step = one_time_codes.matching_step(seed_of(factor, account), typed, at, after=factor.counter)
        if step is not None:
            factor.counter = step
            factor.save(update_fields=["counter"])
            return True
    given = _digest(typed)
    for factor in rows.filter(kind=FactorKind.RECOVERY):
        if hmac.compare_digest(bytes(factor.secret), given):
            factor.ended_at = at
            factor.save(update_fields=["ended_at"])
            _note(account, at, "recovery_used", "")
            return True
    return False


def passkeys(account: Account | None = None, *, credential_id: bytes | None = None) -> list[Factor]:
    """In force, of one account or by the authenticator's own name for it."""
    found = Factor.objects.filter(kind=FactorKind.PASSKEY, ended_at=None).select_related("account")
    if account is not None:
        found = found.filter(account=account)
    if credential_id is not None:
        found = found.filter(credential_id=credential_id)
    return list(found)


def passkey_used(*, actor: Actor, at: datetime, key: UUID, factor: Factor, counter: int) -> bool:
    """Note the authenticator's count; False when it went backwards (a copied key), and nothing is noted."""
    if factor.counter and counter <= factor.counter:
        return False
    return bool(Factor.objects.filter(pk=factor.pk, counter=factor.counter).update(counter=counter)) or counter == 0


def seed_of(factor: Factor, account: Account) -> bytes:
    """The seed of one-time codes in clear."""
    return bytes.fromhex(secrets.open_sealed(bytes(factor.secret), _key(), purpose="totp", aad=_row(account)))


def _sealed(seed: bytes, account: Account) -> bytes:
    return secrets.seal(seed.hex(), _key(), purpose="totp", aad=_row(account))


def _row(account: Account) -> bytes:
    return f"account {account.pk}".encode()


def _key() -> bytes:
    return secrets.derive_key(settings.GENMAI_MASTER_KEY, "second-factors")


def _digest(code: str) -> bytes:
    plain = "".join(ch for ch in code.lower() if ch.isalnum())
    return hmac.new(_key(), plain.encode(), hashlib.sha256).digest()


def _note(account: Account, at: datetime, kind: str, detail: str) -> None:
    SecurityEvent.objects.create(at=at, kind=kind, login=account.login, account=account, detail=str(detail)[:200])
