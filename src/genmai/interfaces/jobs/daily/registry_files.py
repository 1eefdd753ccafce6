"""Sheets of the registry with failing rows are kept for so many days to be repaired, then thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.members import limits
from genmai.directory.roster.registry.uploads import ENDED, State
from genmai.interfaces import registry_import


def run(*, at: datetime) -> str:
    """How many files went."""
    before = at - timedelta(days=int(limits()["keep_days"]))
    old = RegistryImport.objects.filter(state__in=[*ENDED, State.CHECKED], at__lt=before)
    gone = 0
    for upload in old:
        if registry_import.store().path(upload.stored).exists():
            registry_import.throw_away(upload)
            gone += 1
    return f"{gone} sheets thrown away" if gone else ""
