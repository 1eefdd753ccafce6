"""Addresses of volunteer tasks."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.volunteer import mine, organising, tasks

urlpatterns = [
    path("volunteer/", tasks.board, name="volunteer"),
    path("volunteer/mine", mine.mine, name="volunteer_mine"),
    path("volunteer/mine/withdraw", mine.withdraw, name="volunteer_withdraw"),
    path("volunteer/new", organising.new, name="volunteer_new"),
    path("volunteer/<uuid:public_id>/", tasks.page, name="volunteer_task"),
    path("volunteer/<uuid:public_id>/sign-up", tasks.sign_up, name="volunteer_sign_up"),
    path("volunteer/<uuid:public_id>/ring/<uuid:place>", organising.ring, name="volunteer_ring"),
    path("volunteer/<uuid:public_id>/<slug:verb>", organising.do, name="volunteer_do"),
]
