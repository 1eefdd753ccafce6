from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "genmai.directory.roster"
    label = "roster"
