"""Addresses of members."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.members import correcting, deciding, dues, letters, moving, numbers, one, roll, standing

urlpatterns = [
    path("members/", roll.roll, name="members"),
    path("members/new", one.new, name="members_new"),
    path("members/mine", one.mine, name="members_mine"),
    path("members/dues", dues.sheet, name="members_dues"),
    path("members/dues/back", dues.take_back, name="members_dues_back"),
    path("members/transfers", moving.inbox, name="members_transfers"),
    path("members/transfers/<uuid:public_id>/<slug:verb>", moving.act, name="member_transfer_act"),
    path("members/letters", letters.listing, name="members_letters"),
    path("members/letters/new", letters.incoming, name="members_letter_in"),
    path("members/letters/<uuid:public_id>/receipt", letters.receipt, name="letter_receipt"),
    path("members/letters/<uuid:public_id>/withdraw", letters.withdraw, name="letter_withdraw"),
    path("members/letters/<uuid:public_id>/reopen", letters.reopen, name="letter_reopen"),
    path("members/proposals", deciding.waiting, name="members_proposals"),
    path("members/proposals/<uuid:public_id>", deciding.one, name="members_proposal"),
    path("members/<uuid:public_id>/", one.member, name="member"),
    path("members/<uuid:public_id>/numbers", numbers.show, name="member_numbers"),
    path("members/<uuid:public_id>/change", one.change, name="member_change"),
    path("members/<uuid:public_id>/transfer", one.transfer, name="member_transfer"),
    path("members/<uuid:public_id>/correct", correcting.correct, name="member_correct"),
    path("members/<uuid:public_id>/withdraw", correcting.withdraw, name="member_withdraw"),
    path("members/<uuid:public_id>/restore", correcting.restore, name="member_restore"),
    path("members/<uuid:public_id>/letter", letters.issue, name="member_letter"),
    path("members/<uuid:public_id>/honour", standing.honour, name="member_honour"),
    path("members/<uuid:public_id>/discipline", standing.discipline, name="member_discipline"),
    path("members/<uuid:public_id>/standing/<uuid:standing_id>/end", standing.end, name="member_end_standing"),
    path(
        "members/<uuid:public_id>/standing/<uuid:standing_id>/mistaken",
        standing.mistaken,
        name="member_standing_mistaken",
    ),
    path("members/<uuid:public_id>/standing/<uuid:standing_id>/resume", standing.resume, name="member_standing_resume"),
    path("members/<uuid:public_id>/corrections/<uuid:correction>/undo", correcting.undo, name="member_uncorrect"),
]
