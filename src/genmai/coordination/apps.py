from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "genmai.coordination"
    label = "coordination"

    def ready(self) -> None:
        from genmai.coordination.admission import check_entering
        from genmai.processes.cases import gates

        gates.hand_in("admission", check_entering)
