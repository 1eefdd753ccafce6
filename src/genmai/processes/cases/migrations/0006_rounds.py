import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_family")]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("number", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("mechanism", models.CharField(max_length=80)),
                ("state", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField(default=1)),
                ("inspected_from", models.DateField()),
                ("inspected_to", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("notified_at", models.DateTimeField(null=True)),
                ("issued_at", models.DateTimeField(null=True)),
                ("document", models.CharField(blank=True, max_length=60)),
                ("archived_at", models.DateTimeField(null=True)),
                ("opened_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.person")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="roster.organisation")),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("no", models.PositiveIntegerField()),
                ("notified_at", models.DateTimeField(null=True)),
                ("body", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.organisation")),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="finding", to="cases.case")),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="cases.round")),
            ],
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="round",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="cases.round"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("organisation", "number"), name="round_number_once"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(condition=models.Q(("inspected_to__gte", models.F("inspected_from"))), name="round_ends_after_start"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("state__in", ("issued", "archived")), _negated=True), models.Q(("issued_at__isnull", False), models.Q(("document", ""), _negated=True)), _connector="OR"), name="round_issued_when_and_as"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(fields=("round", "no"), name="finding_number_once"),
        ),
    ]
