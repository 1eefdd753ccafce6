"""Addresses of estates."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.estates import clearing, importing, listing, matters, on_case, one, recording, together

urlpatterns = [
    path("estates/", listing.estates, name="estates"),
    path("estates/new", recording.register, name="estate_new"),
    path("estates/import", importing.upload, name="estates_import"),
    path("estates/import/failing.xlsx", importing.failing, name="estates_import_failing"),
    path("estates/import/confirm", importing.confirm, name="estates_import_confirm"),
    path("estates/clearing/", clearing.page, name="estates_clearing"),
    path("estates/clearing/deeds", clearing.behind, name="estates_behind"),
    path("estates/matters/", matters.inbox, name="estate_matters"),
    path("estates/matters/<uuid:public_id>/", matters.one, name="estate_matter"),
    path("estates/matters/<uuid:public_id>/do/<slug:verb>", matters.do, name="estate_matter_do"),
    path("estates/together/", together.mine, name="estates_together"),
    path("estates/together/<uuid:public_id>/", together.one, name="estate_together"),
    path("estates/together/<uuid:public_id>/do/<slug:verb>", together.do, name="estate_together_do"),
    path("estates/on-case/<uuid:case_id>/", on_case.ask, name="estate_ask_parties"),
    path("estates/<uuid:public_id>/", one.estate, name="estate"),
    path("estates/<uuid:public_id>/record/<slug:kind>", recording.record, name="estate_record"),
    path("estates/<uuid:public_id>/correct/<uuid:entry_id>", recording.correct, name="estate_correct"),
    path("estates/<uuid:public_id>/plan", recording.plan, name="estate_plan"),
    path("estates/<uuid:public_id>/progress", recording.progress, name="estate_progress"),
    path("estates/<uuid:public_id>/report", recording.report, name="estate_report"),
    path("estates/<uuid:public_id>/matters/new", matters.new, name="estate_matter_new"),
]
