"""Organisations, in several trees at once."""

from __future__ import annotations

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


class Category(models.TextChoices):
    """What a Party organisation is (DOMAIN 7.2); empty for every other body."""

    COMMITTEE = "committee", "党委"
    WORK_COMMITTEE = "work_committee", "党工委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"


class Sector(models.TextChoices):
    """Where a Party organisation stands, as the city counts them (MECHANISMS B1)."""

    ENTERPRISE = "enterprise", "企业"
    ORGAN = "organ", "机关事业单位"
    SOCIAL = "social", "社会组织"
    VILLAGE = "village", "村社"
    OTHER = "other", "其他"


class Organisation(models.Model):
    """A body that acts. `code` is stable: the division's code, a department's key, or a credit code (GB 32100)."""

    public_id = models.UUIDField(unique=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    initials = models.CharField(max_length=40, blank=True)  # of the short name's pinyin, for search
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    category = models.CharField(max_length=24, choices=Category.choices, blank=True)
    sector = models.CharField(max_length=16, choices=Sector.choices, blank=True)
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
