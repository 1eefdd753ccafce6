from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "genmai.directory.access"
    label = "access"
