"""Addresses of posts, terms, assignments and what a grid has."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.terms import body, grids, posting, sending, turning

urlpatterns = [
    path("organisations/<uuid:public_id>/posts/", body.page, name="body_posts"),
    path("organisations/<uuid:public_id>/posts/new", posting.appoint, name="body_post"),
    path("organisations/<uuid:public_id>/term", turning.begin, name="body_term"),
    path("organisations/<uuid:public_id>/assign", sending.assign, name="body_assign"),
    path("organisations/<uuid:public_id>/size", grids.size, name="body_size"),
    path("organisations/<uuid:public_id>/cover", grids.cover, name="body_cover"),
    path("organisations/<uuid:public_id>/uncover/<uuid:grid_id>", grids.uncover, name="body_uncover"),
    path("organisations/<uuid:public_id>/uncover/<uuid:grid_id>/mistaken", grids.mistaken, name="body_cover_mistaken"),
    path("grids/entries/<uuid:change_id>/undo", grids.undo, name="grid_change_undo"),
    path("terms/<uuid:term_key>/withdraw", turning.withdraw, name="term_withdraw"),
    path("posts/<int:pk>/leave", posting.leave, name="post_leave"),
    path("posts/<int:pk>/stay", posting.stay, name="post_stay"),
    path("posts/<int:pk>/withdraw", posting.withdraw, name="post_withdraw"),
    path("assignments/<uuid:public_id>/review", sending.review, name="assignment_review"),
    path("assignments/<uuid:public_id>/end", sending.end, name="assignment_end"),
    path("assignments/<uuid:public_id>/resume", sending.resume, name="assignment_resume"),
    path("assignments/<uuid:public_id>/withdraw", sending.withdraw, name="assignment_withdraw"),
]
