from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "genmai.directory.territory"
    label = "territory"
