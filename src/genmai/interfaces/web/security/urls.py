"""Addresses of the audit administrator's list."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.security import views

urlpatterns = [
    path("security/looking", views.flags, name="looking"),
    path("security/looking/<int:account_id>/<slug:day>/<slug:rule>", views.one, name="looking_one"),
]
