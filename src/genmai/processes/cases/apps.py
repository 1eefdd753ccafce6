from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "genmai.processes.cases"
    label = "cases"

    def ready(self) -> None:
        from genmai.processes.cases import deeds  # noqa: F401  hands the kinds of deeds in
