"""The month's rates as last counted: counting anew at each look would take seconds in a large district."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation


class MonthRates(models.Model):
    """Numerators and denominators of a month for a unit and the units directly below, as known at `known_at`.

    Kept so that a board needs one look; nothing is lost with it, for it is derived from deeds and made anew.
    `figures`: path → figure → [numerator, denominator]; read by `rates.py` only.
    """

    root = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    known_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "month"], name="month_rates_once")]
