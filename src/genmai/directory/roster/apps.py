from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "genmai.directory.roster"
    label = "roster"

    def ready(self) -> None:
        from genmai.directory.roster.definition import DuesSection, MembersSection, StatisticsSection
        from genmai.directory.roster.definition_grids import GridSection
        from genmai.directory.roster.definition_people import AssignmentsSection, HonoursSection
        from genmai.directory.roster.linkage.definition import LinkageSection
        from genmai.mechanisms import installing

        installing.hand_in("linkage", LinkageSection)
        installing.hand_in("dues", DuesSection)
        installing.hand_in("members", MembersSection)
        installing.hand_in("statistics", StatisticsSection)
        installing.hand_in("grids", GridSection)
        installing.hand_in("honours", HonoursSection)
        installing.hand_in("assignments", AssignmentsSection)
