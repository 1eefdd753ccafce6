"""Addresses of members."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.members import deciding, dues, moving, one, roll

urlpatterns = [
    path("members/", roll.roll, name="members"),
    path("members/new", one.new, name="members_new"),
    path("members/mine", one.mine, name="members_mine"),
    path("members/dues", dues.sheet, name="members_dues"),
    path("members/transfers", moving.inbox, name="members_transfers"),
    path("members/transfers/<uuid:public_id>/<slug:verb>", moving.act, name="member_transfer_act"),
    path("members/proposals", deciding.waiting, name="members_proposals"),
    path("members/proposals/<uuid:public_id>", deciding.one, name="members_proposal"),
    path("members/<uuid:public_id>/", one.member, name="member"),
    path("members/<uuid:public_id>/change", one.change, name="member_change"),
    path("members/<uuid:public_id>/transfer", one.transfer, name="member_transfer"),
    path("members/<uuid:public_id>/standing", one.standing, name="member_standing"),
    path("members/<uuid:public_id>/standing/<uuid:standing_id>/end", one.end_standing, name="member_end_standing"),
]
