"""A revocation taken back, and entries about grids with what took them back: all append-only."""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0015_due_by_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="standingend",
            name="standing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ends", to="roster.standing"
            ),
        ),
        migrations.CreateModel(
            name="StandingBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("reason", models.CharField(max_length=120)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "end",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="back", to="roster.standingend"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GridChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cover", "支部建到网格"),
                            ("uncover", "支部不再建在网格上"),
                            ("size", "登记户数"),
                            ("undo", "撤回"),
                        ],
                        max_length=8,
                    ),
                ),
                ("on", models.DateField()),
                ("document", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="branch_changes",
                        to="roster.organisation",
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="roster.cover",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grid_changes",
                        to="roster.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "size",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry",
                        to="roster.gridsize",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone",
                        to="roster.gridchange",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "undo"), ("undoes__isnull", False)),
                            models.Q(models.Q(("kind", "undo"), _negated=True), ("undoes__isnull", True)),
                            _connector="OR",
                        ),
                        name="grid_change_undoes_or_does",
                    )
                ],
            },
        ),
        AppendOnly("roster_standingback"),
        AppendOnly("roster_gridchange"),
    ]
