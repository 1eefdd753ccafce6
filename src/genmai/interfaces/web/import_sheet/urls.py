"""Addresses of importing a sheet."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.import_sheet import views

urlpatterns = [
    path("import/", views.uploads, name="import_sheet"),
    path("import/<uuid:public_id>/", views.upload, name="import_one"),
    path("import/<uuid:public_id>/columns", views.columns, name="import_columns"),
    path("import/<uuid:public_id>/confirm", views.confirm, name="import_confirm"),
    path("import/<uuid:public_id>/cancel", views.cancel, name="import_cancel"),
    path("import/<uuid:public_id>/progress", views.progress, name="import_progress"),
    path("import/<uuid:public_id>/failing.xlsx", views.failing, name="import_failing"),
]
