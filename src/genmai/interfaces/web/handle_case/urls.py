"""Addresses of the list of matters and of one matter."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.handle_case import listing, views

urlpatterns = [
    path("cases/", listing.cases, name="cases"),
    path("cases/<uuid:public_id>/", views.case, name="case"),
    path("cases/<uuid:public_id>/do/<slug:verb>", views.do, name="case_do"),
    path("cases/<uuid:public_id>/why", views.why_page, name="case_why"),
    path("cases/<uuid:public_id>/limits/<uuid:milestone>", views.limit, name="case_limit"),
    path("cases/<uuid:public_id>/callers/<uuid:caller>/contact", views.contact, name="case_contact"),
    path("cases/<uuid:public_id>/pictures/<slug:sha256>", views.picture, name="case_picture"),
]
