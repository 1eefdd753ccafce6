from django.apps import AppConfig


class DeedsConfig(AppConfig):
    name = "genmai.records.deeds"
    label = "deeds"

    def ready(self) -> None:
        from genmai.records.deeds import restructurings  # noqa: F401  hands its kinds of deeds in
        from genmai.records.deeds.registry_facts import take_over

        take_over()
