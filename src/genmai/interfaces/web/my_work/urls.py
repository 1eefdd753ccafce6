"""The inbox and the way home for people who sign in."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.my_work import views

urlpatterns = [path("inbox/", views.my_work, name="my_work")]
