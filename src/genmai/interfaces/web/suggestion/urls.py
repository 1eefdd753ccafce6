"""Addresses of the page about suggestions."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.suggestion import views

urlpatterns = [
    path("suggestions/", views.page, name="suggestions"),
    path("suggestions/learn", views.learn, name="suggestions_learn"),
    path("suggestions/learning", views.learning, name="suggestions_learning"),
]
