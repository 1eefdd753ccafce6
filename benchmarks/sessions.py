"""Signed in without a password: `python -m benchmarks.sessions LOGIN…` prints each login's cookie, as JSON.

An installation that stands already says its passwords no more; whoever may read its folder may sign its cookies.
"""

from __future__ import annotations

import json
import os
import sys

from genmai.interfaces.cli.installation import Installation


def main(logins: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    with Installation.from_environment().opened():
        from django.conf import settings
        from django.test import Client

        from genmai.directory.access.models import Account

        settings.ALLOWED_HOSTS = ["testserver"]
        cookies = {}
        for login in logins:
            client = Client()
            client.force_login(Account.objects.get(login=login))
            cookies[login] = {name: morsel.value for name, morsel in client.cookies.items()}
        sys.stdout.write(json.dumps(cookies) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
