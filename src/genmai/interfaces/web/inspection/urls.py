"""Addresses of inspection."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.inspection import circular, entering, figures, finding, sending, views

_ONE = "inspection/<uuid:public_id>"

urlpatterns = [
    path("inspection/", views.rounds, name="inspection"),
    path("inspection/due/chase", sending.chase_soon, name="inspection_chase_soon"),
    path("inspection/new", views.new, name="inspection_new"),
    path(f"{_ONE}/", views.round_page, name="inspection_round"),
    path(f"{_ONE}/findings/", views.findings, name="inspection_findings"),
    path(f"{_ONE}/enter", entering.enter, name="inspection_enter"),
    path(f"{_ONE}/sheet", entering.sheet, name="inspection_sheet"),
    path(f"{_ONE}/notices/", sending.notices, name="inspection_notices"),
    path(f"{_ONE}/notices/<uuid:body_id>/", sending.notice, name="inspection_notice"),
    path(f"{_ONE}/accept", sending.accept, name="inspection_accept"),
    path(f"{_ONE}/chase", sending.chase, name="inspection_chase"),
    path(f"{_ONE}/finish", sending.finish, name="inspection_finish"),
    path(f"{_ONE}/archive", sending.archive, name="inspection_archive"),
    path(f"{_ONE}/deeds/", figures.deeds, name="inspection_deeds"),
    path(f"{_ONE}/circular/", circular.page, name="inspection_circular"),
    path(f"{_ONE}/circular.docx", circular.document, name="inspection_document"),
    path("inspection/finding/<uuid:case_id>/", finding.page, name="inspection_finding"),
    path("inspection/finding/<uuid:case_id>/put-right", finding.put_right, name="inspection_put_right"),
    path("inspection/finding/<uuid:case_id>/look", finding.look, name="inspection_look"),
]
