"""Identities at a work messenger that their owners tied to their accounts here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.access.models import Account, OutsideLogin, SecurityEvent
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.kernel.viewer import Actor


def account_of(*, issuer: str, subject: str) -> Account | None:
    """Whose account an identity opens; None when nobody tied it, or the account is closed."""
    found = OutsideLogin.objects.select_related("account").filter(issuer=issuer, subject=subject)
    tied = found.filter(account__is_active=True).first()
    return tied.account if tied else None


def is_tied(account: Account, *, issuer: str) -> bool:
    """Whether the account's owner has tied an identity of this provider."""
    return OutsideLogin.objects.filter(account=account, issuer=issuer).exists()


def tie(*, actor: Actor, at: datetime, key: UUID, issuer: str, subject: str) -> OutsideLogin:
    """To one's own account only. Raises BadInput('messenger_taken') when it opens another."""
    account = _own(actor)
    known = OutsideLogin.objects.filter(issuer=issuer, subject=subject).first()
    if known is not None and known.account_id == account.pk:
        return known
    try:
        with transaction.atomic():
            made = OutsideLogin.objects.create(account=account, issuer=issuer, subject=subject, added_at=at)
            SecurityEvent.objects.create(at=at, kind="outside_tied", login=account.login, account=account)
            return made
    except IntegrityError:
        raise BadInput("messenger_taken", "这个工作软件账号已经绑定在别的账号上了") from None


@transaction.atomic
def untie(*, actor: Actor, at: datetime, key: UUID, issuer: str) -> None:
    """Only the password opens one's account again."""
    account = _own(actor)
    if OutsideLogin.objects.filter(account=account, issuer=issuer).delete()[0]:
        SecurityEvent.objects.create(at=at, kind="outside_untied", login=account.login, account=account)


def _own(actor: Actor) -> Account:
    account = Account.objects.filter(pk=actor.viewer.account_id or 0, is_active=True).first()
    if account is None:
        raise NotPermitted("not_permitted", "请先登录")
    return account
