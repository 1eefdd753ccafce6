from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "genmai.reports.exports"
    label = "exports"

    def ready(self) -> None:
        from genmai.reports.exports import deeds  # noqa: F401  hands the kinds of deeds in
