"""An estate and what is known of it, entry by dated entry."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.territory.models import Place


class Management(models.TextChoices):
    """Who looks after the common parts."""

    PROFESSIONAL = "professional", "专业物业"
    OWNERS = "owners", "业主自管"
    COMMUNITY = "community", "社区托管"
    NONE = "none", "没有物业"


class EntryKind(models.TextChoices):
    PROFILE = "profile", "基本情况"
    COMMITTEE = "committee", "业主委员会"
    MANAGEMENT = "management", "物业管理"
    COMMISSIONER = "commissioner", "小区专员"
    ASSET = "asset", "小区资产"


class Estate(models.Model):
    """A housing estate (小区), on one piece of ground below one community. What is known of it are its entries.

    `reach`: the organisations that may see it: its community's line, and the parties of today.
    """

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    place = models.OneToOneField(Place, models.PROTECT, related_name="estate")
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="estates")
    home_path = models.CharField(max_length=200)
    reach = ArrayField(models.BigIntegerField())
    registered_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(fields=["reach"], name="estate_reach")]


class Entry(models.Model):
    """One fact about an estate from a day on. Append-only: a mistake is corrected by an entry that says which.

    profile: estate_type, households. committee: organisation, members, party_members, term to `valid_to`.
    management: management, organisation (the manager), contract to `valid_to`. commissioner: person.
    asset: asset, title, quantity in unit. `struck`: corrects an entry by taking it back.
    """

    public_id = models.UUIDField(unique=True)
    estate = models.ForeignKey(Estate, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    struck = models.BooleanField(default=False)

    estate_type = models.CharField(max_length=24, blank=True)
    households = models.PositiveIntegerField(null=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    members = models.PositiveSmallIntegerField(null=True)
    party_members = models.PositiveSmallIntegerField(null=True)
    management = models.CharField(max_length=12, choices=Management.choices, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    asset = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    unit = models.CharField(max_length=12, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["estate", "kind", "-valid_from", "-id"], name="entry_as_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="entry_span",
            ),
            models.CheckConstraint(
                condition=models.Q(party_members__isnull=True) | models.Q(party_members__lte=models.F("members")),
                name="entry_party_members_are_members",
            ),
            models.CheckConstraint(
                condition=(~models.Q(kind="management") | ~models.Q(management=""))
                & (~models.Q(management="professional") | models.Q(organisation__isnull=False)),
                name="entry_management_named",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="committee")
                | models.Q(organisation__isnull=False, members__isnull=False, party_members__isnull=False),
                name="entry_committee_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(struck=False) | models.Q(corrects__isnull=False), name="entry_struck_names_which"
            ),
        ]
