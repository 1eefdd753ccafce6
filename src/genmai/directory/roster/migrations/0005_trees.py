"""Restructurings and what they began and ended; dated names, covers of grids by branches, sizes of grids."""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0004_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("known_to", models.DateField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_recorded_at", models.DateTimeField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="GridSize",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("households", models.PositiveIntegerField()),
                ("large", models.BooleanField(default=False)),
                ("valid_from", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("document", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Naming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("known_to", models.DateField(blank=True, null=True)),
                ("name", models.CharField(max_length=120)),
                ("short_name", models.CharField(max_length=40)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_recorded_at", models.DateTimeField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.AddField(
            model_name="link",
            name="known_to",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="link",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="known_to",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="roster.organisation",
            ),
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rename", "更名"),
                            ("move", "改隶属"),
                            ("close", "撤销"),
                            ("split", "分设"),
                            ("merge", "合并"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "tree",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("administrative", "行政"),
                            ("party", "党组织"),
                            ("grid", "网格"),
                            ("industry", "行业"),
                        ],
                        max_length=16,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=120)),
                ("on", models.DateField()),
                ("document", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                ("touched", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="roster.organisation"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes_with",
                        to="roster.organisation",
                    ),
                ),
                (
                    "undone_by",
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
        migrations.AddField(
            model_name="link",
            name="begun_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="begun_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="closed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closed",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="opened_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opened",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_posts",
                to="roster.change",
            ),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("begun_by__isnull", False)), fields=["begun_by"], name="link_begun_by"
            ),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="link_ended_by"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("begun_by__isnull", False)), fields=["begun_by"], name="membership_begun_by"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="membership_ended_by"
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="begun_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="grid",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="covered_by", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="gridsize",
            name="grid",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sizes", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="begun_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_%(class)ss",
                to="roster.change",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="roster.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["-recorded_at", "-id"], name="change_newest"),
        ),
        migrations.AddIndex(
            model_name="cover",
            index=models.Index(
                condition=models.Q(("begun_by__isnull", False)), fields=["begun_by"], name="cover_begun_by"
            ),
        ),
        migrations.AddIndex(
            model_name="cover",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="cover_ended_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)), fields=("branch", "grid"), name="cover_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="cover_valid_span",
            ),
        ),
        migrations.AddIndex(
            model_name="naming",
            index=models.Index(
                condition=models.Q(("begun_by__isnull", False)), fields=["begun_by"], name="naming_begun_by"
            ),
        ),
        migrations.AddIndex(
            model_name="naming",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)), fields=["ended_by"], name="naming_ended_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)), fields=("organisation",), name="naming_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="naming_valid_span",
            ),
        ),
        migrations.RemoveConstraint(model_name="organisation", name="organisation_open_span"),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="organisation_open_span",
            ),
        ),
        AppendOnly("roster_gridsize"),
    ]
