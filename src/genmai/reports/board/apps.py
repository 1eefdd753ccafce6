from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "genmai.reports.board"
    label = "board"
