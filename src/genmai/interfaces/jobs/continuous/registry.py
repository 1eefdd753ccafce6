"""Sheets of the registry are checked and brought in by a process of its own: a city takes minutes, the clocks go on."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.uploads import WAITING
from genmai.interfaces import registry_import
from genmai.interfaces.jobs.one_child import OneChild

_child = OneChild("registry")


def run(*, at: datetime) -> str:
    """Start the oldest that waits, unless one is at work; what was begun or has ended, in words for the log."""
    told = _child.ended()
    if told or told is None:
        return told or ""
    upload = RegistryImport.objects.filter(state__in=WAITING).order_by("id").first()
    if upload is None:
        return ""
    name = str(upload.public_id)
    if name in _child.given_up():
        registry_import.give_up(at=at, upload=upload)
        return f"registry {name}: given up"
    _child.start(name, "registry", "carry")
    return f"registry {name}: {upload.state}"
