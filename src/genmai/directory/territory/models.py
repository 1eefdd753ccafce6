"""Where: divisions, grids, buildings and estates by code, each inside one other."""

from __future__ import annotations

from django.db import models


class PlaceKind(models.TextChoices):
    CITY = "city", "市"
    DISTRICT = "district", "区县"
    TOWN = "town", "镇街"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"
    BUILDING = "building", "楼栋"
    ESTATE = "estate", "小区"


class Place(models.Model):
    """A piece of ground. `code` is the statistical code (GB/T 2260 and below), grids add three digits of their own.

    Names repeat inside a county, so everything keys on the code. `path` is materialised from codes: "/3302/330212/".
    """

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    initials = models.CharField(max_length=40, blank=True)  # of the pinyin, for search: xzyc
    kind = models.CharField(max_length=12, choices=PlaceKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=160)
    households = models.PositiveIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path"], name="place_path_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["parent", "name"], name="place_parent_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="place_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
