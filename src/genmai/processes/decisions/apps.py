from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "genmai.processes.decisions"
    label = "decisions"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.processes.decisions import deeds  # noqa: F401  hands the kinds of deeds in
        from genmai.processes.decisions.definition import DecisionsSection

        installing.hand_in("decisions", DecisionsSection)
