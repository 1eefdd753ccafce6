"""Addresses of duplicates."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.duplicates import views

urlpatterns = [
    path("duplicates/", views.pairs, name="duplicates"),
    path("duplicates/<uuid:public_id>/", views.one, name="duplicate"),
    path("duplicates/<uuid:public_id>/same", views.same, name="duplicate_same"),
    path("duplicates/<uuid:public_id>/different", views.different, name="duplicate_different"),
    path("duplicates/<uuid:public_id>/undo", views.undo, name="duplicate_undo"),
]
