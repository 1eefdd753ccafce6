"""Papers of a file: taken in, kept under their SHA-256, shown to whoever sees the file."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.edge.posting import key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.procedures import forms
from genmai.interfaces.web.procedures.acting import run
from genmai.interfaces.web.procedures.one import page, standing_of
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.images import reencode
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.store import Store
from genmai.processes.registers.procedures import queries
from genmai.processes.registers.procedures.commands.opening import MOST_ANNEX, Paper, add_paper

PDF = "application/pdf"


@signed_in
@require_POST
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One more paper."""
    one = standing_of(request, public_id)
    form = forms.PaperForm(request.POST, request.FILES, rules=one.view.rules, auto_id="paper_%s")
    if form.is_valid():
        given = form.cleaned_data
        done = run(form, lambda: add_paper(
            actor=one.actor, at=one.asked.now, key=key(request), dossier=public_id,
            paper=_kept(given["kind"], given["title"], given["file"]),
        ))  # fmt: skip
        if done is not None:
            say(request, _("材料放进档案了"))
            return redirect("procedure_file", public_id)
    return page(request, one, bound=form, opened="paper", status=422)


def _kept(kind: str, title: str, upload: UploadedFile[Any]) -> Paper:
    """The bytes in the store: a PDF as it is, a picture drawn anew without where it was taken. Raises BadInput."""
    if (upload.size or 0) > MOST_ANNEX:
        raise BadInput("annex_size", "材料不能是空的，也不能超过 20 MB", field="file")
    data, media = upload.read(), PDF
    if not data.startswith(b"%PDF-"):
        image = reencode(data)
        data, media = image.data, image.media_type
    return Paper(kind, title, Store(settings.MEDIA_ROOT).put(data), media, len(data))


@signed_in
@require_safe
def show(request: HttpRequest, public_id: UUID, sha256: str) -> HttpResponse:
    """A paper of a file in scope; a PDF is handed over, never run in our pages."""
    asked = cast(AskedRequest, request)
    dossier = queries.one(asked.viewer, public_id=public_id)
    found = dossier.annexes.filter(sha256=sha256).first()
    path = Store(settings.MEDIA_ROOT).path(found.sha256) if found is not None else None
    if found is None or path is None or not path.exists():
        raise NotFound
    response = HttpResponse(path.read_bytes(), content_type=found.media)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    kind = "attachment" if found.media == PDF else "inline"
    ending = ".pdf" if found.media == PDF else ""
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(found.title)}{ending}"
    return response
