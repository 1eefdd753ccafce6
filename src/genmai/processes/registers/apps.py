from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "genmai.processes.registers"
    label = "registers"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.processes.registers import deeds  # noqa: F401  hands the kinds of deeds in
        from genmai.processes.registers.definition import RegistersSection

        installing.hand_in("registers", RegistersSection)
