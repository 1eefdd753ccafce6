"""Addresses of files of procedures."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.procedures import acting, admission, listing, one, opening, papers

urlpatterns = [
    path("procedures/", listing.files, name="procedures"),
    path("procedures/admission/", admission.page, name="admission"),
    path("procedures/<slug:procedure>/new", opening.new, name="procedure_new"),
    path("procedures/<uuid:public_id>/", one.file, name="procedure_file"),
    path("procedures/<uuid:public_id>/do/<slug:verb>", acting.do, name="procedure_do"),
    path("procedures/<uuid:public_id>/correct/<uuid:entry_id>", acting.correct, name="procedure_correct"),
    path("procedures/<uuid:public_id>/papers", papers.add, name="procedure_paper_add"),
    path("procedures/<uuid:public_id>/papers/<str:sha256>", papers.show, name="procedure_paper"),
]
