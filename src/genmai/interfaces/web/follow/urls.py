"""Addresses of following, and of pictures."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.follow import data, pictures, views

urlpatterns = [
    path("follow", views.follow, name="follow"),
    path("follow/judge", views.judge, name="follow_judge"),
    path("follow/leave", views.leave, name="follow_leave"),
    path("follow/data", data.my_data, name="follow_data"),
    path("files/<uuid:case>/<slug:sha256>.jpg", pictures.picture, name="picture"),
]
