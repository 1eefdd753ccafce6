"""The matter itself, who brought it, what was written about it, and its pictures."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models import Level, Organisation, Person
from genmai.directory.territory.models import Place


class Case(models.Model):
    """One matter. `state` is a key of `flow.FLOW`; *closed*, *fixed* and *promised* are three different facts.

    `holder`: whose move it is now. `lead`: the body answering for the matter. `home`: the community (or town, district)
    of its place. `reach`: ids of every organisation from whose subtree the case can be seen (ancestors of the home and
    of every body taking part): the viewer's scope is one overlap test in SQL.
    """

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=12)
    prior_state = models.CharField(max_length=12, blank=True)  # where suspension or merging took it from
    version = models.PositiveIntegerField(default=1)
    mechanism = models.CharField(max_length=80)

    channel = models.CharField(max_length=12)  # web, staff, hotline, import, visit
    service = models.CharField(max_length=24, blank=True)  # kind of service (A4: five kinds)
    text = models.TextField()
    title = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=20, blank=True)  # taxonomy code; empty: undecided
    duty_row = models.CharField(max_length=40, blank=True)  # number of the duty row the dispatch rests on
    urgency = models.CharField(max_length=12, default="normal")  # a key of the definition's urgencies

    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="cases")
    place_text = models.CharField(max_length=120, blank=True)
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    home_path = models.CharField(max_length=200)
    desk = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)  # who dispatches
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="held_cases", db_index=False)
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="led_cases", db_index=False)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    solved_level = models.PositiveSmallIntegerField(choices=Level.choices, null=True)
    reach = ArrayField(models.BigIntegerField())
    words = ArrayField(models.CharField(max_length=2))  # bigrams of title and text for substring search

    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True)  # current limit of the resolve milestone
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    promised_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=24, blank=True)
    fixed = models.BooleanField(null=True)
    excluded = models.BooleanField(default=False)  # 剔除件: leaves every denominator
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    split_off = models.BooleanField(default=False)  # made by splitting its parent: nobody from outside brought it
    returns = models.PositiveSmallIntegerField(default=0)  # 返工
    reopens = models.PositiveSmallIntegerField(default=0)

    external_source = models.CharField(max_length=40, blank=True)
    external_ref = models.CharField(max_length=80, blank=True)
    answers = models.JSONField(default=dict)

    class Meta:
        indexes = [
            GinIndex(fields=["reach"], name="case_reach"),
            GinIndex(fields=["words"], name="case_words"),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(fields=["holder", "state", "due_at"], name="case_holder_state_due"),
            models.Index(fields=["category", "-received_at"], name="case_category"),
            models.Index(fields=["home", "-received_at"], name="case_home_newest"),  # what else came from here lately
            models.Index(fields=["id"], name="case_received", condition=models.Q(state="received")),
            # The board, and every count and order of open matters: without a look at their rows (they are few).
            models.Index(
                fields=["id"],
                name="case_open",
                include=["state", "level", "category", "lead", "holder", "reopens", "received_at", "reach"],
                condition=~models.Q(state__in=("closed", "declined", "merged")),
            ),
            # How many have ended in each way; what came in when and where (hot spots, the board's hours): the same for them.
            models.Index(
                fields=["state", "-received_at"],
                name="case_ended",
                include=["id", "reach"],
                condition=models.Q(state__in=("closed", "declined", "merged")),
            ),
            models.Index(
                fields=["received_at"],
                name="case_inflow",
                include=["id", "home", "category", "state", "excluded", "channel", "reach"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_ref"],
                condition=~models.Q(external_ref=""),
                name="case_external_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="case_merged_iff_into",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closing_reason="")),
                name="case_closed_with_reason",
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="case_not_its_own_parent"),
            models.CheckConstraint(
                condition=models.Q(split_off=False) | models.Q(parent__isnull=False), name="case_split_off_of_one"
            ),
        ]

    @property
    def number(self) -> str:
        """What people quote on the telephone: year, month, day of receipt and a running number."""
        return f"{self.received_at:%y%m%d}-{self.id}"


class Caller(models.Model):
    """Somebody who brought this matter. Repeats merge, yet every caller is answered and judges for themself."""

    public_id = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="callers")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    follow_digest = models.BinaryField(max_length=32, null=True, unique=True)  # SHA-256 of the follow-up code
    wants_answer = models.BooleanField(default=True)
    contacted_at = models.DateTimeField(null=True)
    visited_at = models.DateTimeField(null=True)
    fixed = models.BooleanField(null=True)  # in the caller's own judgement; null: has not said
    satisfaction = models.PositiveSmallIntegerField(null=True)  # 1 不满意 … 3 满意
    said = models.CharField(max_length=500, blank=True)  # the caller's words with the judgement


class Entry(models.Model):
    """Words written in the course of a case. The deed of the same id holds the facts; texts stay out of deeds."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    deed_id = models.UUIDField(unique=True)  # public id of the deed these words belong to
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField()
    open_to_callers = models.BooleanField(default=False)


class Attachment(models.Model):
    """A picture, re-encoded and stripped, kept beside the database under its own SHA-256."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=24)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    stage = models.CharField(max_length=10)  # before, after

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="attachment_once")]
