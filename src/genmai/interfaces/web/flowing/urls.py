"""Addresses of flowing members."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.flowing import candidates, listing, lists, records

urlpatterns = [
    path("flowing/", listing.page, name="flowing"),
    path("flowing/tell", candidates.tell, name="flowing_tell"),
    path("flowing/leave", records.leave, name="flowing_leave"),
    path("flowing/candidates/<uuid:public_id>/", candidates.one, name="flowing_candidate"),
    path("flowing/candidates/<uuid:public_id>/look", candidates.look, name="flowing_look"),
    path("flowing/candidates/<uuid:public_id>/do/<slug:verb>", candidates.do, name="flowing_candidate_do"),
    path("flowing/records/<uuid:public_id>/", records.one, name="flowing_record"),
    path("flowing/records/<uuid:public_id>/look", records.look, name="flowing_record_look"),
    path("flowing/records/<uuid:public_id>/do/<slug:verb>", records.do, name="flowing_record_do"),
    path("flowing/lists/", lists.page, name="flowing_lists"),
    path("flowing/lists/<uuid:public_id>/", lists.one, name="flowing_list"),
    path("flowing/lists/<uuid:public_id>/compared", lists.compared, name="flowing_list_compared"),
    path("flowing/lists/<uuid:public_id>/again", lists.again, name="flowing_list_again"),
    path("flowing/lists/<uuid:public_id>/destroy", lists.destroy, name="flowing_list_destroy"),
]
