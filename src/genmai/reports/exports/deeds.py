"""Deed kinds of exports: source_id = the export's public id, quantity = rows, outcome = what was exported.

Credited to no organisation: that somebody took a list home is nobody's performance, and no figure counts it.
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Payload, register


class Exported(Payload):
    """The check code, and the root over all digests: what is kept for checking can't be changed unseen."""

    code: str
    root: str


MADE = register("export.made", Exported, "导出")
