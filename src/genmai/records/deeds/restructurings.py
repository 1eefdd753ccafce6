"""Deed kinds of restructurings: source = the change; organisation = the body; counterpart = its new parent or partner.

happened_at = the day it takes effect, quantity = cases that followed, category = the tree, `organisation.undone`:
subject = the change that was taken back, reason = its kind.
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, register

KINDS = {
    "rename": "organisation.renamed",
    "move": "organisation.moved",
    "close": "organisation.closed",
    "split": "organisation.split",
    "merge": "organisation.merged",
}
UNDONE = "organisation.undone"
SOURCE = "change"

for _kind, _title in (
    ("organisation.renamed", "单位更名"),
    ("organisation.moved", "单位改隶属"),
    ("organisation.closed", "单位撤销"),
    ("organisation.split", "单位分设"),
    ("organisation.merged", "单位合并"),
    (UNDONE, "撤回一次机构变动"),
):
    register(_kind, Nothing, _title)
