"""Party service centres are organisations of a kind of their own."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0008_linkage")]

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
                    ("centre", "党群服务中心"),
                    ("owners", "业主委员会"),
                    ("property", "物业"),
                    ("micro_office", "微治办"),
                ],
                max_length=12,
            ),
        ),
    ]
