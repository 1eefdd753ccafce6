"""Addresses of views, ready answers and bulk work."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.desk_tools import bulk_pages, template_pages, view_pages

urlpatterns = [
    path("desk/views/", view_pages.views, name="desk_views"),
    path("desk/views/save", view_pages.save, name="view_save"),
    path("desk/views/<uuid:public_id>/<slug:verb>", view_pages.do, name="view_do"),
    path("desk/answers/", template_pages.answers, name="reply_templates"),
    path("desk/answers/<uuid:public_id>/", template_pages.answer, name="reply_template"),
    path("desk/answers/<uuid:public_id>/<slug:verb>", template_pages.do, name="template_do"),
    path("desk/bulk/preview", bulk_pages.preview, name="bulk_preview"),
    path("desk/bulk/run", bulk_pages.run, name="bulk_run"),
    path("desk/bulk/<uuid:public_id>/", bulk_pages.one, name="bulk_one"),
    path("desk/bulk/<uuid:public_id>/progress", bulk_pages.progress, name="bulk_progress"),
    path("desk/bulk/<uuid:public_id>/back", bulk_pages.back, name="bulk_back"),
    path("desk/bulk/<uuid:public_id>/stop", bulk_pages.stop, name="bulk_stop"),
]
