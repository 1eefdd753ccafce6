from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "genmai.processes.cases"
    label = "cases"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.processes.cases import deeds  # noqa: F401  hands the kinds of deeds in
        from genmai.processes.cases.definition import CasesSection

        installing.hand_in("cases", CasesSection)
