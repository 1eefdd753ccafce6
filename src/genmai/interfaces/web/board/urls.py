"""Addresses of the board."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.board import matters, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/wall/", views.wall, name="board_wall"),
    path("board/matters/", matters.matters, name="board_matters"),
]
