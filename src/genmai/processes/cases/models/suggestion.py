"""What the desk is offered for a matter, and each time the model behind the offers was learned anew."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case


class Suggestion(models.Model):
    """The latest suggestion for one case. It is an offer: only a person's dispatch or classification counts.

    `confidence` and `second_confidence` in thousandths, empty where nothing was measured (words and labels alone).
    `body_cases` of `body_of` settled cases went to a learned body; both empty where the duty list named it.
    """

    class Basis(models.TextChoices):
        MODEL = "model", "学来的"
        WORDS = "words", "分类词"
        LABEL = "label", "来件自带的分类"

    case = models.OneToOneField(Case, models.PROTECT, related_name="suggestion")
    version = models.CharField(max_length=40)  # of the model; "words" without one
    basis = models.CharField(max_length=8, choices=Basis.choices)
    made_at = models.DateTimeField()
    category = models.CharField(max_length=20, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    second = models.CharField(max_length=20, blank=True)  # the next best subject
    second_confidence = models.PositiveSmallIntegerField(null=True)
    decided = models.BooleanField()
    doubt = models.CharField(max_length=16, blank=True)  # why not decided, or why no body; a key of deciding.DOUBTS
    words = ArrayField(models.CharField(max_length=24))  # what counted most, the weightiest first
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    duty_row = models.CharField(max_length=40, blank=True)
    body_cases = models.PositiveIntegerField(null=True)
    body_of = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="suggestion_made")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided=False) | ~models.Q(category=""), name="suggestion_decided_says_what"
            ),
        ]


class Learning(models.Model):
    """One run of learning: asked for on the page or at the command line, and what came of it."""

    class State(models.TextChoices):
        ASKED = "asked", "排队中"
        RUNNING = "running", "正在学"
        DONE = "done", "学好了"
        FAILED = "failed", "没学成"

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, blank=True)
    from_sheets = models.PositiveIntegerField(default=0)
    from_cases = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=24, blank=True)  # a key of learning.TROUBLES

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=("asked", "running")), name="learning_one_at_a_time"
            ),
        ]


__all__ = ["Learning", "Suggestion"]
