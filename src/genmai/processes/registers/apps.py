from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "genmai.processes.registers"
    label = "registers"

    def ready(self) -> None:
        from genmai.mechanisms import installing
        from genmai.processes.registers import deeds  # noqa: F401  hands the kinds of deeds in
        from genmai.processes.registers.definition import RegistersSection
        from genmai.processes.registers.flowing import deeds as flowing_deeds  # noqa: F401  and those of flowing members
        from genmai.processes.registers.flowing.definition import FlowingSection
        from genmai.processes.registers.procedures.definition import ProceduresSection
        from genmai.processes.registers.standards import deeds as standard_deeds  # noqa: F401  and those of standards
        from genmai.processes.registers.standards.definition import StandardsSection

        installing.hand_in("registers", RegistersSection)
        installing.hand_in("procedures", ProceduresSection)
        installing.hand_in("flowing", FlowingSection)
        installing.hand_in("standards", StandardsSection)
