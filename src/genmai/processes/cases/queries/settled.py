"""What the deployment's own settled cases teach: texts with the subject they ended under, and where they went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Case


@dataclass(frozen=True, slots=True)
class Settled:
    """One closed case: what was written, its subject in the end, its town's code and the code of the body that led."""

    text: str
    category: str
    town: str
    body: str


def settled(viewer: Viewer, *, limit: int) -> list[Settled]:
    """The newest closed cases with a subject, those left out of the counts not among them.

    For the system's own learning; it knows no scope, so a signed-in person is refused.
    """
    if not viewer.anonymous:
        raise NotPermitted("system_only", "全部记录只供系统内部依次处理，不能由个人读取")
    towns = dict(Organisation.objects.filter(kind=OrganisationKind.TOWN).values_list("pk", "code"))
    rows = Case.objects.filter(state="closed", excluded=False).exclude(category="").order_by("-received_at", "-id")
    found = rows.values_list("title", "text", "category", "home_path", "lead__code")[:limit]
    return [
        Settled(f"{title} {text}".strip(), category, _town(path, towns), lead or "")
        for title, text, category, path, lead in found
    ]


def went_to(cases: list[Settled]) -> dict[tuple[str, str], Counter[str]]:
    """Counts of leading bodies by subject (at every level) and town, for the habits. Pure."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for case in cases:
        for size in range(2, len(case.category) + 1, 2):
            if case.body:
                found.setdefault((case.category[:size], case.town), Counter())[case.body] += 1
    return found


def _town(path: str, towns: dict[int, str]) -> str:
    return next((towns[int(part)] for part in path.strip("/").split("/") if part and int(part) in towns), "")


__all__ = ["Settled", "settled", "went_to"]
