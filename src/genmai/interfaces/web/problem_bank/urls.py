"""Address of the problem bank."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.problem_bank import views

urlpatterns = [path("bank/", views.problem_bank, name="problem_bank")]
