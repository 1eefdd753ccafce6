"""Who is who: organisations in several trees at once, people, posts."""

from __future__ import annotations

from datetime import date

from django.db import models

from genmai.directory.territory.models import Place


class Tree(models.TextChoices):
    ADMINISTRATIVE = "administrative", "行政"
    PARTY = "party", "党组织"
    GRID = "grid", "网格"
    INDUSTRY = "industry", "行业"


class Level(models.IntegerChoices):
    """The ladder on which a matter is solved (MECHANISMS A6)."""

    BUILDING = 1, "楼栋"
    GRID = 2, "网格"
    COMMUNITY = 3, "村社"
    TOWN = 4, "镇街"
    DISTRICT = 5, "区"
    CITY = 6, "市"


class OrganisationKind(models.TextChoices):
    CITY = "city", "市"
    DISTRICT = "district", "区"
    TOWN = "town", "镇街"
    COMMUNITY = "community", "村社"
    GRID = "grid", "网格"
    DEPARTMENT = "department", "部门"
    PARTY = "party", "党组织"
    OWNERS = "owners", "业主委员会"
    PROPERTY = "property", "物业"
    MICRO_OFFICE = "micro_office", "微治办"


class Organisation(models.Model):
    """A body that acts. `code` is stable: the division's code, a department's key, or a credit code (GB 32100)."""

    public_id = models.UUIDField(unique=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    initials = models.CharField(max_length=40, blank=True)  # of the short name's pinyin, for search
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="organisations")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    path: str  # set by queries: the materialised path in the tree asked for, "" outside it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gt=models.F("opened_on")),
                name="organisation_open_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """One organisation's dated place in one tree. `path` is materialised: "/1/7/52/" ends with the organisation itself.

    `recorded_at` and `ended_recorded_at` say when the beginning and the end became known ("as known then"). An empty
    span (`valid_to` = `valid_from`) is a link that was recorded by mistake.
    """

    tree = models.CharField(max_length=16, choices=Tree.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="links")
    parent = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="child_links")
    path = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    ended_recorded_at = models.DateTimeField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tree", "path"], name="link_tree_path", opclasses=["", "varchar_pattern_ops"])]
        constraints = [
            models.UniqueConstraint(
                fields=["tree", "organisation"], condition=models.Q(valid_to__isnull=True), name="link_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="link_valid_span",
            ),
        ]


class PersonKind(models.TextChoices):
    STAFF = "staff", "工作人员"
    RESIDENT = "resident", "居民"


class Person(models.Model):
    """A natural person. Name and phone are sealed under the person's own key and matched by blind index only.

    Staff names stand on every receipt they sign, so `display_name` is kept in clear for staff and empty for residents.
    """

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=PersonKind.choices)
    display_name = models.CharField(max_length=40, blank=True)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="resident") | models.Q(display_name=""), name="person_resident_sealed"
            ),
        ]


class PersonKey(models.Model):
    """A person's own key, wrapped by the master key. Deleting a person's data is destroying this key."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="sealing_key")
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
