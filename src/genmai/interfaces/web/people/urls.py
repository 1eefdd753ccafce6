"""Addresses of accounts and logs."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.people import logs, views, who

urlpatterns = [
    path("people/", views.accounts, name="people"),
    path("people/new", views.opened, name="people_new"),
    path("people/why", views.why, name="people_why"),
    path("people/who", who.page, name="people_who"),
    path("people/security", logs.security, name="security_log"),
    path("people/looks", logs.looks, name="looks_log"),
    path("people/<int:account_id>/", views.account, name="people_one"),
    path("people/<int:account_id>/grant", views.grant, name="people_grant"),
    path("people/<int:account_id>/grants/<int:grant_id>/end", views.end_grant, name="people_end_grant"),
    path("people/<int:account_id>/password", views.reset, name="people_password"),
    path("people/<int:account_id>/unlock", views.unlock, name="people_unlock"),
    path("people/<int:account_id>/factors", views.reset_factors, name="people_factors"),
    path("people/<int:account_id>/close", views.close, name="people_close"),
]
