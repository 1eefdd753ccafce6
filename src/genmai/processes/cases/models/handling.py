"""Who takes part in a case, what is due from whom and when, and what waits for somebody's decision."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case


class Body(models.Model):
    """An organisation taking part: leading, assisting, or called in (网格呼叫、镇街响应、部门报到)."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        ASSIST = "assist", "协办"
        CALLED = "called", "被呼叫"

    public_id = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bodies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    call_kind = models.CharField(max_length=12, blank=True)  # enforcement, emergency, major (执法 / 应急 / 重点)
    responded_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)  # declared by the body itself; no location is ever taken
    concluded_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    climb_at = models.DateTimeField(null=True)  # a lead: when the matter has stayed on this rung too long

    class Meta:
        indexes = [
            models.Index(
                fields=["climb_at"],
                name="body_to_climb",
                condition=models.Q(climb_at__isnull=False, released_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation", "part"],
                condition=models.Q(released_at__isnull=True),
                name="body_once_while_active",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(released_at__isnull=True, part="lead"),
                name="body_one_lead",
            ),
        ]


class Milestone(models.Model):
    """Something due from one organisation by one moment, with its own clock. The inbox is the open milestones.

    `original_due_at` never moves; `due_at` moves by suspension and extension. A miss is recorded once (`missed_at`)
    and the milestone stays open until it is met or void.
    """

    class State(models.TextChoices):
        RUNNING = "running", "计时中"
        PAUSED = "paused", "暂停"
        MET = "met", "已完成"
        VOID = "void", "不再需要"

    public_id = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="milestones")
    key = models.CharField(max_length=24)  # dispatch, accept, contact, resolve, respond, arrive, verify, visit, decide
    state = models.CharField(max_length=8, choices=State.choices)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="milestones", db_index=False)
    request = models.ForeignKey("Request", models.PROTECT, null=True, related_name="milestones", db_index=False)
    clock = models.CharField(max_length=16)  # a kind of kernel.worktime
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    extended_by = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    set_at = models.DateTimeField()
    due_at = models.DateTimeField()
    original_due_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)  # beyond the calendar's horizon
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    raised = models.PositiveSmallIntegerField(default=0)  # how far up the line the overdue matter has gone

    class Meta:
        indexes = [
            models.Index(  # the number at "my work" stands on every page
                fields=["owner", "due_at"],
                name="milestone_inbox",
                include=["case", "missed_at"],
                condition=models.Q(state="running"),
            ),
            models.Index(
                fields=["case"],
                name="milestone_overdue",
                condition=models.Q(state="running", missed_at__isnull=False),
            ),
            models.Index(
                fields=["due_at"],
                name="milestone_to_miss",
                condition=models.Q(state="running", missed_at__isnull=True),
            ),
            models.Index(
                fields=["warn_at"],
                name="milestone_to_warn",
                condition=models.Q(state="running", warned_at__isnull=True, missed_at__isnull=True),
            ),
            # The board: what is late or about to be, by case, in one run over the index.
            models.Index(
                fields=["case"],
                name="milestone_running",
                include=["missed_at", "due_at", "warn_at"],
                condition=models.Q(state="running"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="met", met_at__isnull=False) | ~models.Q(state="met"),
                name="milestone_met_when",
            ),
        ]


class Suspension(models.Model):
    """A pause of the clocks: typed reason, an approver, an expiry. Clocks never pause without all three.

    While a matter stands in the problem bank its clocks pause without an expiry (`BANKED`): there the review has the limit.
    """

    BANKED = "banked"

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=24)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="suspension_open", condition=models.Q(ended_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="suspension_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=False) | models.Q(reason="banked"), name="suspension_expires"
            ),
        ]


class Request(models.Model):
    """Something asked that another body decides: an objection, an extension, a suspension, a place in the problem bank,
    a call said to be wrong (the caller answers; if it insists, the district office), a matter that should climb.
    """

    class Kind(models.TextChoices):
        OBJECTION = "objection", "异议"
        EXTENSION = "extension", "延期"
        SUSPENSION = "suspension", "挂起"
        BANK = "bank", "挂账"
        WRONG_CALL = "wrong_call", "误呼叫"
        INSISTED = "insisted", "坚持呼叫"
        CLIMB = "climb", "该提一级"

    public_id = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="requests", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    asked_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    asked_by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reviewer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=24)
    text = models.CharField(max_length=500, blank=True)
    proposed = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "body"],
                condition=models.Q(decided_at__isnull=True),
                nulls_distinct=False,
                name="request_one_open",
            ),
        ]
