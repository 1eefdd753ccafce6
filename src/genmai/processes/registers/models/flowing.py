"""Flowing members: residents' lists under a key of their own, candidates, and the record of both sides."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Source(models.TextChoices):
    """The three ways in which 上虞 finds them."""

    SCREENING = "screening", "数据筛选"
    REGISTRATION = "registration", "新居民登记"
    VISIT = "visit", "网格走访"


class ResidentList(models.Model):
    """A list of residents handed over for this one purpose, under a key of its own.

    `wrapped` is the list's key under the installation's; without it no part can be opened, and then the list is gone.
    """

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    reach = ArrayField(models.BigIntegerField())
    title = models.CharField(max_length=80)
    basis = models.CharField(max_length=24)  # a key of the mechanism's `screening.bases`
    document = models.CharField(max_length=120)  # the request, agreement or approval it was handed over by
    rows = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    keep_until = models.DateField()
    wrapped = models.BinaryField(null=True)
    compared_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [GinIndex(fields=["reach"], name="resident_list_reach")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="resident_list_kept_or_destroyed",
            ),
        ]


class ListPart(models.Model):
    """Some hundreds of rows of a list, sealed together under its key. Nothing of a row stands outside."""

    residents = models.ForeignKey(ResidentList, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["residents", "number"], name="list_part_once")]


class ListEvent(models.Model):
    """What happened to a list: taken in, compared or why not, a row looked at and why, destroyed. Append-only."""

    residents = models.ForeignKey(ResidentList, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12)  # listed | failed | again | compared | opened | destroyed
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField(null=True)
    purpose = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField(null=True)  # candidates found, rows destroyed
    reason = models.CharField(
        max_length=12, blank=True, default="", db_default=""
    )  # why it failed: memory | sealed | …


class Candidate(models.Model):
    """Somebody who may be a member living here. An offer to go and speak to them; nothing follows from it by itself.

    `resident` or a row of a list says who it is; `member` whose record it looks like, hidden from the host side.
    """

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    source = models.CharField(max_length=12, choices=Source.choices)
    state = models.CharField(max_length=12)  # of flow.CANDIDATE
    version = models.PositiveIntegerField(default=1)
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    reach = ArrayField(models.BigIntegerField())
    residents = models.ForeignKey(ResidentList, models.PROTECT, null=True, related_name="candidates")
    row = models.PositiveIntegerField(null=True)
    resident = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    parameters = models.CharField(max_length=24, blank=True)
    weight = models.FloatField(null=True)
    parts = models.JSONField(default=list)
    found_at = models.DateTimeField()
    next_on = models.DateField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["reach"], name="candidate_reach"),
            models.Index(
                fields=["next_on", "id"], name="candidate_waiting", condition=models.Q(state__in=["found", "trying"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["residents", "row"], condition=models.Q(residents__isnull=False), name="candidate_row_once"
            ),
            models.CheckConstraint(
                condition=models.Q(residents__isnull=False, row__isnull=False) | models.Q(resident__isnull=False),
                name="candidate_is_somebody",
            ),
        ]


class FlowRecord(models.Model):
    """One member away from home: both sides of one record. A side that is not there yet is the other's work list.

    `member`: as the home branch knows them, set by it (`confirm`) or by registering the leaving. `resident`: as the host
    knows them. `thought`: whose record a match pointed at; for the home side to look at, decides nothing.
    """

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    state = models.CharField(max_length=12)  # of flow.RECORD
    version = models.PositiveIntegerField(default=1)
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    thought = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    resident = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    home = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    home_reach = ArrayField(models.BigIntegerField(), default=list)
    home_said = models.CharField(max_length=120, blank=True)  # the branch as the person names it
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    host_reach = ArrayField(models.BigIntegerField(), default=list)
    host_said = models.CharField(max_length=120, blank=True)  # where they go, in words
    reason = models.CharField(max_length=24, blank=True)
    candidate = models.OneToOneField(Candidate, models.PROTECT, null=True, related_name="record")
    left_on = models.DateField(null=True)
    declared_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    next_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    document = models.CharField(max_length=120, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(fields=["home_reach"], name="flow_home_reach"),
            GinIndex(fields=["host_reach"], name="flow_host_reach"),
            models.Index(fields=["next_on", "id"], name="flow_next", condition=models.Q(ended_on__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(ended_on__isnull=True, member__isnull=False),
                name="flow_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(member__isnull=False) | models.Q(resident__isnull=False), name="flow_is_somebody"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["settled", "keeping"])
                | models.Q(member__isnull=False, home__isnull=False, host__isnull=False),
                name="flow_settled_has_both_sides",
            ),
        ]


class Touch(models.Model):
    """One try to speak to somebody, or one thing done for them. Append-only."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, null=True, related_name="touches")
    record = models.ForeignKey(FlowRecord, models.PROTECT, null=True, related_name="touches")
    deed_id = models.UUIDField(unique=True)
    verb = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=24, blank=True)
    duty = models.CharField(max_length=24, blank=True)
    text = models.CharField(max_length=300, blank=True)


class FlowProposal(models.Model):
    """What the clock asks a branch to look at. Append-only; it changes no state."""

    record = models.ForeignKey(FlowRecord, models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=12)  # transfer | silent | lost
    since = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "kind", "since"], name="flow_proposal_once")]
