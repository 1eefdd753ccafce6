"""Who may, and who did look: accounts, dated grants by subtree, the log of looks and the security log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from genmai.directory.roster.models import Organisation, Person, Tree


class Account(AbstractBaseUser):
    """A way to sign in. Django's `last_login` is removed: sign-ins live only in the security log (DESIGN §2.3)."""

    last_login = None
    login = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="zh-hans")

    objects = BaseUserManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Grant(models.Model):
    """A role over a subtree for a time. Capture, view and search are given apart."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24)  # a key of directory.access.roles
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="grants")
    tree = models.CharField(max_length=16, choices=Tree.choices, default=Tree.ADMINISTRATIVE)
    capture = models.BooleanField(default=True)
    view = models.BooleanField(default=True)
    search = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account"], name="grant_account")]


class Look(models.Model):
    """Somebody saw a person's data in clear: who, whose, what, why. Never changed (append-only)."""

    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="looks")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="looked_at")
    fields = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200)
    source = models.CharField(max_length=80, blank=True)


class SecurityEvent(models.Model):
    """Sign-in, sign-out, refusal. Kept six months, for security only; feeds no figure (DESIGN §2.3)."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    login = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="security_events")
    address = models.GenericIPAddressField(null=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["login", "at"], name="security_event_login_at")]


class FactorKind(models.TextChoices):
    TOTP = "totp", "动态口令"
    PASSKEY = "passkey", "通行密钥"
    RECOVERY = "recovery", "恢复码"


class Factor(models.Model):
    """Something besides the password that proves who signs in. A row is ended, never deleted, so that a code used once
    stays used.

    `secret`: the seed of one-time codes, sealed under the installation's key; a passkey's public credential; or the keyed
    digest of a recovery code. `counter`: the last time step taken, or the authenticator's own count.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=FactorKind.choices)
    name = models.CharField(max_length=40, blank=True)
    secret = models.BinaryField()
    credential_id = models.BinaryField(null=True, unique=True)
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # until then it proves nothing
    ended_at = models.DateTimeField(null=True)  # taken away, or a recovery code used

    class Meta:
        indexes = [
            models.Index(fields=["account"], name="factor_in_force", condition=models.Q(ended_at__isnull=True)),
        ]


class OutsideLogin(models.Model):
    """An identity at a work messenger (OpenID Connect) that its owner tied to this account."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="outside_logins")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="outside_login_once")]


class LookReview(models.Model):
    """What the audit administrator found out about a flag on somebody's looking. Append-only; a flag decides nothing."""

    at = models.DateTimeField()
    auditor = models.ForeignKey(Account, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="looks_reviewed")
    rule = models.CharField(max_length=40)
    day = models.DateField()
    finding = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["day", "rule"], name="look_review_day")]
