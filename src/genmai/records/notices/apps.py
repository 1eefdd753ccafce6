from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "genmai.records.notices"
    label = "notices"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.records.notices.definition import NoticesSection

        installing.hand_in("notices", NoticesSection)
