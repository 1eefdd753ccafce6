from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "genmai.directory.access"
    label = "access"

    def ready(self) -> None:
        from genmai.directory.access.definition import AccessSection
        from genmai.mechanisms import installing

        installing.hand_in("access", AccessSection)
