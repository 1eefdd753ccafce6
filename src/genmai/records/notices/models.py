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
