"""The dispatch desk."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.dispatch_desk import views

urlpatterns = [
    path("desk/", views.desk, name="dispatch_desk"),
    path("desk/tabs", views.tabs, name="desk_tabs"),
    path("desk/subjects.json", views.subject_list, name="dispatch_subjects"),
    path("desk/<uuid:public_id>/do/<slug:verb>", views.do, name="dispatch_do"),
]
