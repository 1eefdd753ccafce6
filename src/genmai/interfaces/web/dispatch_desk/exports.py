"""The view the desk shows, as a file: the columns of the list of matters, in the view's own order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.dispatch_desk.tabs import everybodys, first_query
from genmai.interfaces.web.handle_case import exports as cases
from genmai.interfaces.web.handle_case import listing
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.queries.views import views
from genmai.reports.exports.shape import Asked, Export, Row, Said

TITLE = gettext_noop("派单视图")


def _viewed(viewer: Viewer, asked: Asked) -> Asked:
    """The filters of the address; a bare one opens the reader's own first view."""
    query = QueryDict(mutable=True)
    query.update(dict(asked.query))
    found = listing.canonical(query) or first_query(views(viewer), viewer.person_id)
    return replace(asked, query=QueryDict(found).dict())


def _rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    return cases.rows(viewer, _viewed(viewer, asked))


def _said(viewer: Viewer, asked: Asked) -> Said:
    """The view by its name, and its filters."""
    viewed = _viewed(viewer, asked)
    kept = views(viewer)
    query = QueryDict(mutable=True)
    query.update(viewed.query)
    here = listing.canonical(query)
    named = [*everybodys(), *((one.name, one.query) for one in kept)]
    name = next((label for label, address in named if address == here), "")
    return Said(_(TITLE), (*(((_("视图"), name),) if name else ()), *cases.said(viewer, viewed).filters))


EXPORTS = (
    Export(
        key="desk",
        title=TITLE,
        columns=cases.columns,
        rows=_rows,
        count=lambda viewer, asked: cases.count(viewer, _viewed(viewer, asked)),
        said=_said,
    ),
)
