"""Transfers, terms, honours, discipline, dues, proposals."""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
_PROTECT = django.db.models.deletion.PROTECT


def _person(name: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=_PROTECT, related_name=name, to="roster.person")


def _recorded_by() -> models.ForeignKey:
    return models.ForeignKey(db_index=False, null=True, on_delete=_PROTECT, related_name="+", to="roster.person")


class Migration(migrations.Migration):
    dependencies = [("roster", "0005_trees")]

    operations = [
        migrations.CreateModel(
            name="Term",
            fields=[
                _ID,
                ("key", models.UUIDField(unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("planned_end", models.DateField()),
                ("document", models.CharField(blank=True, max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(on_delete=_PROTECT, related_name="terms", to="roster.organisation"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "number"), name="term_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("organisation",),
                        name="term_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_end__gt", models.F("valid_from")),
                            models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gt", models.F("valid_from")),
                                _connector="OR",
                            ),
                        ),
                        name="term_span",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="post",
            name="term",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=_PROTECT, related_name="posts", to="roster.term"
            ),
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                _ID,
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "等接收方确认"),
                            ("accepted", "已转入"),
                            ("refused", "不接收"),
                            ("withdrawn", "已撤回"),
                            ("expired", "过期未接"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=24)),
                ("asked_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("answer", models.CharField(blank=True, max_length=120)),
                ("mechanism", models.CharField(max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "from_branch",
                    models.ForeignKey(
                        db_index=False, on_delete=_PROTECT, related_name="transfers_out", to="roster.organisation"
                    ),
                ),
                (
                    "to_branch",
                    models.ForeignKey(
                        db_index=False, on_delete=_PROTECT, related_name="transfers_in", to="roster.organisation"
                    ),
                ),
                ("person", _person("transfers")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["from_branch", "state"], name="transfer_from"),
                    models.Index(fields=["to_branch", "state"], name="transfer_to"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("person",), name="transfer_one_open_a_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_branch", models.F("to_branch")), _negated=True),
                        name="transfer_goes_elsewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_on__isnull", True), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("settled_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_settled_or_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                _ID,
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("honour", "奖励"), ("discipline", "惩戒")], max_length=10),
                ),
                ("name", models.CharField(max_length=60)),
                ("level", models.CharField(blank=True, max_length=24)),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("body", models.CharField(max_length=80)),
                ("decided_on", models.DateField()),
                ("document", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                ("person", _person("standings")),
                ("recorded_by", _recorded_by()),
            ],
        ),
        migrations.CreateModel(
            name="StandingEnd",
            fields=[
                _ID,
                ("key", models.UUIDField(unique=True)),
                ("on", models.DateField()),
                ("body", models.CharField(max_length=80)),
                ("document", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "standing",
                    models.OneToOneField(on_delete=_PROTECT, related_name="end", to="roster.standing"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DuesMonth",
            fields=[
                _ID,
                ("key", models.UUIDField()),
                ("month", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("due", "未交"), ("paid", "已交"), ("excused", "经批准免交")], max_length=8
                    ),
                ),
                ("payer", models.CharField(max_length=24)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=9)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("mechanism", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=_PROTECT, related_name="dues", to="roster.person"),
                ),
                ("recorded_by", _recorded_by()),
            ],
            options={
                "indexes": [models.Index(fields=["person", "month", "id"], name="dues_person_month")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "person", "month"), name="dues_key_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="dues_first_of_month"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="dues_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                _ID,
                ("public_id", models.UUIDField(unique=True)),
                ("timer", models.CharField(max_length=24)),
                ("since", models.DateField()),
                ("mechanism", models.CharField(max_length=80)),
                ("raised_at", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(on_delete=_PROTECT, related_name="proposals", to="roster.organisation"),
                ),
                ("person", _person("proposals")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "timer", "since"), name="proposal_once")]
            },
        ),
        migrations.CreateModel(
            name="ProposalDecision",
            fields=[
                _ID,
                ("key", models.UUIDField(unique=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("talk", "谈话提醒"),
                            ("help", "上门了解、帮助"),
                            ("procedure", "按规定程序另行处理"),
                            ("none", "了解了情况，不用处理"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("decided_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "proposal",
                    models.OneToOneField(on_delete=_PROTECT, related_name="decision", to="roster.proposal"),
                ),
                ("recorded_by", _recorded_by()),
            ],
        ),
        AppendOnly("roster_standing"),
        AppendOnly("roster_standingend"),
        AppendOnly("roster_duesmonth"),
        AppendOnly("roster_proposal"),
        AppendOnly("roster_proposaldecision"),
    ]
