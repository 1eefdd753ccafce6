"""Addresses of bringing the registry in."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.registry import views

urlpatterns = [
    path("registry/", views.uploads, name="registry"),
    path("registry/template/<str:kind>.xlsx", views.template, name="registry_template"),
    path("registry/<uuid:public_id>/", views.upload, name="registry_one"),
    path("registry/<uuid:public_id>/columns", views.columns, name="registry_columns"),
    path("registry/<uuid:public_id>/confirm", views.confirm, name="registry_confirm"),
    path("registry/<uuid:public_id>/cancel", views.cancel, name="registry_cancel"),
    path("registry/<uuid:public_id>/progress", views.progress, name="registry_progress"),
    path("registry/<uuid:public_id>/failing.xlsx", views.failing, name="registry_failing"),
]
