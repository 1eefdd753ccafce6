"""Addresses of one's own account."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.sign_in import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("account", views.account, name="account"),
]
