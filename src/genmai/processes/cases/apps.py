from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "genmai.processes.cases"
    label = "cases"
