"""People, their keys, posts and absences."""

from __future__ import annotations

from datetime import date

from django.db import models

from genmai.directory.roster.models.organisations import Change, Organisation


class PersonKind(models.TextChoices):
    STAFF = "staff", "工作人员"
    MEMBER = "member", "党员"
    RESIDENT = "resident", "居民"


class Person(models.Model):
    """A natural person. Numbers are sealed under the person's own key and matched by blind index only.

    The names of staff stand on every receipt they sign and those of members on their branch's roll, so `display_name`
    is kept in clear for both; a resident's name is sealed too, and `display_name` is empty.
    """

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=PersonKind.choices)
    display_name = models.CharField(max_length=40, blank=True)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)  # two members of one household may have one number
    identity_sealed = models.BinaryField(null=True)  # the citizen's number (GB 11643)
    identity_index = models.BinaryField(null=True, unique=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="absorbed", db_index=False
    )  # while merged
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["phone_index"], name="person_phone"),
            models.Index(
                fields=["merged_into"], name="person_merged_into", condition=models.Q(merged_into__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=models.Q(kind="resident"), name="person_resident_phone"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="resident") | models.Q(display_name=""), name="person_resident_sealed"
            ),
        ]


class PersonKey(models.Model):
    """A person's own key, wrapped by the master key. Deleting a person's data is destroying this key."""

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="sealing_key", db_constraint=False
    )  # kept by kernel.references, as are the others without a constraint
    wrapped = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="person_key_kept_or_destroyed",
            ),
        ]


class Post(models.Model):
    """A person holds an office in an organisation, dated, with the document that says so.

    `key` is stable: secretary, village_cadre, group_leader, grid_worker, town_duty, clerk, leader …
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    key = models.CharField(max_length=24)
    title = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=0)  # order of call within the organisation
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)
    term = models.ForeignKey("roster.Term", models.PROTECT, null=True, blank=True, related_name="posts", db_index=False)
    ended_by = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="ended_posts", db_index=False
    )
    ended_term = models.ForeignKey(
        "roster.Term", models.PROTECT, null=True, blank=True, related_name="ended_posts", db_index=False
    )  # the term whose beginning ended it
    ended_document = models.CharField(max_length=120, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(null=True, blank=True)  # none: from before this was kept, known all along
    ended_recorded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # entered by mistake: its span is empty
    known_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "key"], name="post_organisation_key")]


class Away(models.Model):
    """Days on which a person can't be called; the rota passes them over, or calls the stand-in. No reason is kept.

    `organisation`: in whose name the stand-in acts meanwhile. A row is never changed: an earlier return is an `AwayEnd`.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="stands_in")
    first_day = models.DateField()
    last_day = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    until: date  # set by queries: the last day away, as it ended

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="away_span"),
        ]


class AwayEnd(models.Model):
    """An absence that ended before its last day, or did not begin (`last_day` before the first). Append-only."""

    away = models.OneToOneField(Away, models.PROTECT, related_name="end")
    last_day = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
