"""Procedures with steps: files, what is written into them, their papers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial"), ("roster", "0004_members")]

    operations = [
        migrations.CreateModel(
            name="Dossier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("mechanism", models.CharField(max_length=80)),
                ("procedure", models.CharField(max_length=24)),
                ("asked", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ("state", models.CharField(max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("stage", models.CharField(max_length=24)),
                ("next_step", models.CharField(blank=True, max_length=40)),
                ("next_by", models.CharField(blank=True, max_length=24)),
                ("next_from", models.DateField(null=True)),
                ("next_until", models.DateField(null=True)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="roster.organisation",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dossiers", to="roster.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DossierEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("step", models.CharField(blank=True, max_length=40)),
                ("what", models.CharField(blank=True, max_length=40)),
                ("happened_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("entitled", models.PositiveIntegerField(null=True)),
                ("present", models.PositiveIntegerField(null=True)),
                ("in_favour", models.PositiveIntegerField(null=True)),
                ("written", models.PositiveIntegerField(null=True)),
                ("agrees", models.BooleanField(null=True)),
                ("months", models.PositiveSmallIntegerField(null=True)),
                ("late", models.BooleanField(default=False)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("words", models.BinaryField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="registers.dossierentry",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="registers.dossier"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Annex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=24)),
                ("title", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("media", models.CharField(max_length=60)),
                ("size", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="annexes", to="registers.dossier"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=django.contrib.postgres.indexes.GinIndex(fields=["asked"], name="dossier_asked"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["procedure", "state", "stage"], name="dossier_stage"),
        ),
        migrations.AddIndex(model_name="dossier", index=models.Index(fields=["branch"], name="dossier_branch")),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "stopped"])),
                fields=("subject", "procedure"),
                name="dossier_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ["running", "stopped"])),
                    models.Q(("ended_at__isnull", False), ("state__in", ["done", "ended"])),
                    _connector="OR",
                ),
                name="dossier_ended_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossierentry",
            constraint=models.UniqueConstraint(fields=("dossier", "number"), name="dossier_entry_number"),
        ),
        migrations.AddConstraint(
            model_name="dossierentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entitled__isnull", True),
                    models.Q(
                        ("in_favour__lte", models.F("present")),
                        ("present__lte", models.F("entitled")),
                        ("written__lte", models.F("entitled") - models.F("present")),
                    ),
                    _connector="OR",
                ),
                name="dossier_vote_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="annex",
            constraint=models.UniqueConstraint(fields=("dossier", "sha256"), name="annex_once"),
        ),
        AppendOnly("registers_dossierentry"),
        AppendOnly("registers_annex"),
    ]
