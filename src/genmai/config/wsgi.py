"""The WSGI application that granian loads in each of its processes."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from genmai.interfaces.cli.children import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
if os.environ.get("GENMAI_SUPERVISED") == "1":
    # A server process whose parent was killed with -9 would keep the port and answer from old code.
    die_with_parent(os.getppid())

application = get_wsgi_application()
