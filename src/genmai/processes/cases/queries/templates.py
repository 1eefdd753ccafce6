"""Ready answers that fit a matter: the organisation's own, those shared down its line, then the mechanism's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.mechanisms.schema import Text
from genmai.processes.cases import mechanism, policies
from genmai.processes.cases.models import ReplyTemplate


@dataclass(frozen=True, slots=True)
class Ready:
    """One answer to begin with. `text` still has its places; `of`: the organisation's name, empty for the mechanism's."""

    key: str
    title: str | Text
    text: str | Text
    category: str
    of: str
    template: ReplyTemplate | None = None


def templates(viewer: Viewer, *, category: str | None = None) -> list[Ready]:
    """Nearest organisation first, finer subject first; `category` None: all there are (for the page that keeps them)."""
    line = policies.line(viewer.path)
    rows = ReplyTemplate.objects.filter(organisation_id__in=line, removed_at=None).select_related("organisation")
    near = {one: place for place, one in enumerate(reversed(line))}
    own = sorted(rows, key=lambda one: (near[one.organisation_id], -len(one.category), one.title))
    found = [Ready(str(o.public_id), o.title, o.text, o.category, o.organisation.short_name, o) for o in own]
    known = mechanism.definition_of(mechanism.loop()).templates
    for key, answer in sorted(known.items(), key=lambda item: item[1].order):
        found.append(Ready(key, answer.title, answer.text, answer.category, ""))
    return found if category is None else [one for one in found if category.startswith(one.category)]


def own_template(viewer: Viewer, *, public_id: UUID, removed: bool = False) -> ReplyTemplate:
    """An answer kept by the viewer's own organisation. Raises NotFound."""
    rows = ReplyTemplate.objects.filter(public_id=public_id, organisation_id=viewer.organisation_id or 0)
    found = rows.filter(removed_at__isnull=not removed).first()
    if found is None:
        raise NotFound()
    return found


__all__ = ["Ready", "own_template", "templates"]
