"""Address of the register of honours."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.honours import register

urlpatterns = [path("honours/", register.page, name="honours")]
