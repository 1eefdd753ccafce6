from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "genmai.records.notices"
    label = "notices"
