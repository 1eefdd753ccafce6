from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "genmai.processes.activities"
    label = "activities"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.processes.activities import deeds  # noqa: F401  hands the kinds of deeds in
        from genmai.processes.activities.definition import ActivitiesSection

        installing.hand_in("activities", ActivitiesSection)
