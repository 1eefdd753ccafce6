from django.apps import AppConfig


class DeedsConfig(AppConfig):
    name = "genmai.records.deeds"
    label = "deeds"
