"""How many queries each page takes for one account: `python -m benchmarks.queries LOGIN PATH…`, as JSON on stdout."""

from __future__ import annotations

import json
import os
import sys

from genmai.interfaces.cli.installation import Installation


def main(login: str, paths: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    with Installation.from_environment().opened():
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from genmai.directory.access.models import Account

        settings.ALLOWED_HOSTS = ["testserver"]
        client = Client()
        client.force_login(Account.objects.get(login=login))
        found = {}
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            found[path] = len(captured)
            if os.environ.get("SHOW_QUERIES"):
                for query in captured:
                    sys.stderr.write(f"{query['time']} {query['sql']}\n")
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
