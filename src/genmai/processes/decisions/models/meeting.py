"""A meeting: what it is about, who is asked to come, who came, what it decided."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Meeting(models.Model):
    """Called by one organisation. `reach`: who may see it: the organiser's line and everybody asked or charged."""

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    reach = ArrayField(models.BigIntegerField())
    starts_at = models.DateTimeField()
    room = models.CharField(max_length=80, blank=True)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    held_at = models.DateTimeField(null=True)
    minutes = models.TextField(blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["reach"], name="meeting_reach"),
            models.Index(fields=["-starts_at", "-id"], name="meeting_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="held") | models.Q(held_at__isnull=False), name="meeting_held_when"
            ),
        ]


class AgendaItem(models.Model):
    """Something to talk about: a matter, named by its public id, or a topic of its own."""

    public_id = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    case_id = models.UUIDField(null=True)  # public id of a case; this room knows no cases

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="agenda_order_once")]


class Invitee(models.Model):
    """A body, or a seat of the kind of meeting (with the name of who holds it), asked to come."""

    public_id = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitees")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    seat = models.CharField(max_length=24, blank=True)
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False) | ~models.Q(seat=""), name="invitee_is_body_or_seat"
            ),
        ]


class Mark(models.TextChoices):
    PRESENT = "present", "到会"
    EXCUSED = "excused", "请假"
    ABSENT = "absent", "没到"


class Attendance(models.Model):
    """Whether an invitee came, written by the organiser. Append-only; the last one stands."""

    public_id = models.UUIDField(unique=True)
    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="attendances")
    mark = models.CharField(max_length=8, choices=Mark.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitee"], condition=models.Q(corrects__isnull=True), name="attendance_recorded_once"
            ),
        ]


class Decision(models.Model):
    """What was decided: who does what by when. Append-only; `withdrawn` takes back the one it corrects."""

    public_id = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="decisions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    responsible = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    helping = ArrayField(models.BigIntegerField(), default=list)
    due_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn=False) | models.Q(corrects__isnull=False),
                name="decision_withdrawn_names_which",
            ),
        ]
