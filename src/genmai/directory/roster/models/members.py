"""Members: what the statistics need to know of a person, and their dated place in a branch (DOMAIN 7.1)."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models.organisations import Organisation, Restructured
from genmai.directory.roster.models.people import Person


class Stage(models.TextChoices):
    """The five stages of a member's way (DOMAIN 7.6)."""

    APPLICANT = "applicant", "入党申请人"
    ACTIVIST = "activist", "入党积极分子"
    CANDIDATE = "candidate", "发展对象"
    PROBATIONARY = "probationary", "预备党员"
    FULL = "full", "正式党员"


class Status(models.TextChoices):
    """党籍状态: what a body decided, never what a computation found."""

    NORMAL = "normal", "正常"
    SUSPENDED = "suspended", "停止党籍"
    LEFT = "left", "已出党"
    DECEASED = "deceased", "已去世"


class Profile(models.Model):
    """A member's or secretary's particulars, by the national code sets: GB/T 2261.1, 3304, 4658."""

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="profile", db_constraint=False
    )  # kept by kernel.references, as are the two below
    letters = models.CharField(max_length=80, blank=True)  # the name's pinyin: "zhangwei"
    initials = models.CharField(max_length=16, blank=True)  # "zw"
    tail_index = models.BinaryField(null=True)  # blind index of the phone's last four digits
    sex = models.CharField(max_length=1, blank=True)  # GB/T 2261.1: 1 male, 2 female
    born_on = models.DateField(null=True, blank=True)
    ethnicity = models.CharField(max_length=2, blank=True)  # GB/T 3304: 01 Han …
    education = models.CharField(max_length=2, blank=True)  # GB/T 4658: 11 … 90
    degree = models.CharField(max_length=3, blank=True)
    occupation = models.CharField(max_length=24, blank=True)  # a key of the statistics mechanism
    worked_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["letters"], name="profile_letters", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["initials", "letters"],
                name="profile_initials_letters",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["tail_index"], name="profile_tail"),
            models.Index(  # by several at once, whichever: the first have few values to skip through
                fields=["occupation", "education", "sex", "ethnicity", "born_on", "person"], name="profile_particulars"
            ),
        ]


class Membership(Restructured):
    """One person's dated place in one branch, at one stage. A new stage, branch or status is a new row.

    `recorded_at` and `ended_recorded_at` say when beginning and end became known ("as known then"); an empty span is a
    row recorded by mistake. `arrived` and `departed` are the kinds of change (转入 / 转离变动类别).
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", db_constraint=False)
    branch = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=12, choices=Stage.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NORMAL)
    joined_on = models.DateField(null=True, blank=True)  # 入党日期
    full_on = models.DateField(null=True, blank=True)  # 转正日期
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    ended_recorded_at = models.DateTimeField(null=True, blank=True)
    arrived = models.CharField(max_length=24, blank=True)
    departed = models.CharField(max_length=24, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["branch", "stage"],
                name="membership_current",
                condition=models.Q(valid_to__isnull=True),
                include=["person", "status"],
            ),
            models.Index(fields=["branch", "valid_from"], name="membership_branch_from"),
            *Restructured.Meta.indexes,
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(valid_to__isnull=True), name="membership_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="membership_valid_span",
            ),
        ]
