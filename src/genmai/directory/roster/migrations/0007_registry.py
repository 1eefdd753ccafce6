"""Bringing whole registries in: what was handed in; members of one household may share a number."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0006_member_life")]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("city", "市"),
                    ("district", "区"),
                    ("town", "镇街"),
                    ("community", "村社"),
                    ("grid", "网格"),
                    ("department", "部门"),
                    ("party", "党组织"),
                    ("unit", "单位"),
                    ("owners", "业主委员会"),
                    ("property", "物业"),
                    ("micro_office", "微治办"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="phone_index",
            field=models.BinaryField(null=True),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone_index"], name="person_phone"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "resident")), fields=("phone_index",), name="person_resident_phone"
            ),
        ),
        migrations.CreateModel(
            name="RegistryImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "等待检查"),
                            ("checked", "已检查，待确认"),
                            ("queued", "等待导入"),
                            ("running", "正在导入"),
                            ("done", "已完成"),
                            ("cancelled", "已取消"),
                            ("failed", "没有导入"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("filename", models.CharField(max_length=120)),
                ("stored", models.CharField(max_length=64)),
                ("sheet", models.CharField(blank=True, max_length=80)),
                ("plan", models.JSONField(default=dict)),
                ("heads", models.JSONField(default=list)),
                ("whole", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("about", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("stop_asked", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="registry_import_waiting")],
            },
        ),
    ]
