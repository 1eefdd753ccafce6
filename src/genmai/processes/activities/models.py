"""A volunteer task and the people who signed up for it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.territory.models import Place


class Task(models.Model):
    """What is to be done, where, when, by how many. `state` is a key of `flow.FLOW`; `taken` counts who holds a place."""

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    mechanism = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)  # the organiser
    path = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=60)
    text = models.CharField(max_length=1000, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    place_text = models.CharField(max_length=120)
    skills = ArrayField(models.CharField(max_length=24), default=list)
    wanted = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    source_kind = models.CharField(max_length=20, blank=True)  # what raised it: case, emergency; empty: by itself
    source_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_text = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["begins_at", "id"], name="task_open", condition=models.Q(state="open")),
            models.Index(fields=["organisation", "-opened_at"], name="task_organisation"),
            models.Index(fields=["source_id"], name="task_source", condition=models.Q(source_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="task_span"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("wanted")), name="task_never_overfull"),
        ]


class SignUp(models.Model):
    """One person's place in a task. A resident follows and cancels it with a code of which only a digest is kept."""

    class State(models.TextChoices):
        SIGNED = "signed", "已报名"
        CONFIRMED = "confirmed", "已确认"
        TURNED_DOWN = "turned_down", "这次不用来"
        WITHDRAWN = "withdrawn", "已取消"

    HOLDING = (State.SIGNED, State.CONFIRMED)

    public_id = models.UUIDField(unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="sign_ups")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices)
    skills = ArrayField(models.CharField(max_length=24), default=list)
    signed_at = models.DateTimeField()
    code_digest = models.BinaryField(max_length=32, null=True, unique=True)
    decided_at = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)  # as the organiser recorded it, once
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "person"],
                condition=models.Q(state__in=("signed", "confirmed")),
                name="sign_up_one_place",
            ),
            models.CheckConstraint(
                condition=models.Q(came=True, hours__gt=0)
                | models.Q(came=False, hours__isnull=True)
                | models.Q(came__isnull=True, hours__isnull=True),
                name="sign_up_hours_iff_came",
            ),
        ]
