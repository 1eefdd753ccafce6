"""Notices as an outbox: written in the transaction of the deed, sent later, every attempt a row of its own."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Notice(models.Model):
    """Something somebody is to be told: an organisation's people, a person, or a caller by their follow code."""

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    not_before = models.DateTimeField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="notices")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="notices")
    caller_id = models.UUIDField(null=True)  # public id of a case's caller; notices don't know cases
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True)  # set once by the channel that delivered it
    urgency = models.CharField(max_length=12, blank=True)  # a key of the quiet hours' rules; empty: the usual one
    held_until = models.DateTimeField(null=True)  # kept back over quiet hours; `held_why`: night, rest_day or own
    held_why = models.CharField(max_length=12, blank=True)
    bundle = models.UUIDField(null=True)  # what was held for one reader and delivered together

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="notice_waiting", condition=models.Q(sent_at__isnull=True)),
            models.Index(fields=["organisation", "-at"], name="notice_organisation_at"),
            models.Index(fields=["person", "-at"], name="notice_person_at", condition=models.Q(person__isnull=False)),
            models.Index(fields=["source_id"], name="notice_source"),
        ]


class Attempt(models.Model):
    """One try to deliver. Append-only."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    delivered = models.BooleanField()
    detail = models.CharField(max_length=200, blank=True)


class QuietChoice(models.Model):
    """A person's own, wider quiet hours, in minutes after midnight of the place. The newest counts; append-only."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="quiet_choices")
    begins = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    rest_days = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(begins__lt=1440, ends__lt=1440), name="quiet_choice_minutes"),
        ]
