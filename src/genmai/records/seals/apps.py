from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "genmai.records.seals"
    label = "seals"
