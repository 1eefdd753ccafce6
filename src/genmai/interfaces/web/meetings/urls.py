"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.meetings import calling, holding, pages

urlpatterns = [
    path("meetings/", pages.meetings, name="meetings"),
    path("meetings/new", calling.new, name="meeting_new"),
    path("meetings/<uuid:public_id>/", pages.one, name="meeting"),
    path("meetings/<uuid:public_id>/minutes", pages.minutes, name="meeting_minutes"),
    path("meetings/<uuid:public_id>/move", calling.move, name="meeting_move"),
    path("meetings/<uuid:public_id>/cancel", calling.cancel, name="meeting_cancel"),
    path("meetings/<uuid:public_id>/hold", holding.hold, name="meeting_hold"),
    path("meetings/<uuid:public_id>/decide", holding.decide, name="meeting_decide"),
    path("meetings/<uuid:public_id>/mark/<uuid:invitee>", holding.mark, name="meeting_mark"),
    path("meetings/decisions/<uuid:public_id>/correct", holding.correct, name="meeting_correct"),
]
