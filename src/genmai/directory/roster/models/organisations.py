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
    UNIT = "unit", "单位"  # an employer whose Party organisation is counted: by its credit code
    INDUSTRY = "industry", "行业门类"  # a section of GB/T 4754, above its units
    CENTRE = "centre", "党群服务中心"
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


class ChangeKind(models.TextChoices):
    """What a restructuring does."""

    RENAME = "rename", "更名"
    MOVE = "move", "改隶属"
    CLOSE = "close", "撤销"
    SPLIT = "split", "分设"
    MERGE = "merge", "合并"


class Organisation(models.Model):
    """A body that acts. `code` is stable: the division's code, a department's key, or a credit code (GB 32100).

    An empty life (`closed_on` = `opened_on`) is a body opened by a change that was undone.
    """

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
    opened_by = models.ForeignKey("Change", models.PROTECT, null=True, related_name="opened", db_index=False)
    closed_by = models.ForeignKey("Change", models.PROTECT, null=True, related_name="closed", db_index=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed", db_index=False)

    path: str  # set by queries: the materialised path in the tree asked for, "" outside it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("opened_on")),
                name="organisation_open_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """One restructuring: what, since when, on which document, by whom. Undone, it stays, with the day it was undone.

    What it began and ended names it (`begun_by`, `ended_by`), so that undoing finds every row and a later change that
    builds on it is named. `touched` keeps the counts of the day it was made.
    """

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    tree = models.CharField(max_length=16, choices=Tree.choices, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="changes")
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="changes_with")
    said = models.CharField(max_length=120, blank=True)  # the name before, of a renamed or absorbed body
    on = models.DateField()
    document = models.CharField(max_length=120)
    by = models.ForeignKey("roster.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    touched = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("roster.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="change_newest")]


class Restructured(models.Model):
    """A dated row that a restructuring may begin or end, and its undoing take back.

    A row taken back keeps what it said: `known_to` is the end it had while it was believed, `withdrawn_at` when it was
    taken back; its span is empty, so that every reader of today passes it over.
    """

    begun_by = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="begun_%(class)ss", db_index=False
    )
    ended_by = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="ended_%(class)ss", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    known_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["begun_by"], name="%(class)s_begun_by", condition=models.Q(begun_by__isnull=False)),
            models.Index(fields=["ended_by"], name="%(class)s_ended_by", condition=models.Q(ended_by__isnull=False)),
        ]


class Link(Restructured):
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
        indexes = [
            models.Index(
                fields=["tree", "path"],
                name="link_standing",
                opclasses=["", "varchar_pattern_ops"],
                # What stands below a path on a day, without its rows.
                include=["organisation", "valid_from", "valid_to"],
            ),
            # What row security asks every statement: the Party organisations below a path, as they stand or stood last.
            models.Index(
                fields=["path"],
                name="link_reach",
                opclasses=["varchar_pattern_ops"],
                include=["organisation"],
                condition=models.Q(tree=Tree.PARTY, valid_to__isnull=True),
            ),
            models.Index(
                fields=["path"],
                name="link_reach_ended",
                opclasses=["varchar_pattern_ops"],
                include=["organisation"],
                condition=models.Q(tree=Tree.PARTY, valid_to__isnull=False),
            ),
            *Restructured.Meta.indexes,
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tree", "organisation"], condition=models.Q(valid_to__isnull=True), name="link_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="link_valid_span",
            ),
        ]


class Naming(Restructured):
    """A name an organisation had for a time. Written with its first renaming: until then the organisation's own holds."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="namings")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    ended_recorded_at = models.DateTimeField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [*Restructured.Meta.indexes]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(valid_to__isnull=True), name="naming_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="naming_valid_span",
            ),
        ]


class Cover(Restructured):
    """A branch built on a grid, for a time (支部建在网格上): one branch on many grids, or many branches on one."""

    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="covers")
    grid = models.ForeignKey(Organisation, models.PROTECT, related_name="covered_by")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    ended_recorded_at = models.DateTimeField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [*Restructured.Meta.indexes]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "grid"], condition=models.Q(valid_to__isnull=True), name="cover_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="cover_valid_span",
            ),
        ]


class GridSize(models.Model):
    """How many households a grid has, as recorded, and whether its community is a merged large one. Append-only."""

    grid = models.ForeignKey(Organisation, models.PROTECT, related_name="sizes")
    households = models.PositiveIntegerField()
    large = models.BooleanField(default=False)  # 融合型大社区大单元
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    document = models.CharField(max_length=120)
