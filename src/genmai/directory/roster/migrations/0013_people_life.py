"""A term taken back, posts as known then, honours by kind, assignments, corrections, letters of introduction."""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0011_reach"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("home", models.CharField(blank=True, max_length=80)),
                ("title", models.CharField(max_length=40)),
                ("tasks", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateField()),
                ("planned_end", models.DateField()),
                ("document", models.CharField(max_length=120)),
                ("mechanism", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AssignmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reviewed", "考核"),
                            ("ended", "结束"),
                            ("resumed", "撤回结束"),
                            ("mistaken", "登记错了"),
                        ],
                        max_length=10,
                    ),
                ),
                ("on", models.DateField()),
                ("outcome", models.CharField(blank=True, max_length=24)),
                ("said", models.CharField(blank=True, max_length=200)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("field", models.CharField(max_length=24)),
                ("old_sealed", models.BinaryField(null=True)),
                ("reason", models.CharField(max_length=120)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("key", models.UUIDField(unique=True)),
                ("way", models.CharField(choices=[("out", "转出"), ("in", "转入")], max_length=3)),
                ("place", models.CharField(max_length=120)),
                ("reach", models.CharField(max_length=24)),
                ("number", models.CharField(max_length=60)),
                ("issued_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "等回执"),
                            ("receipted", "回执收到"),
                            ("withdrawn", "已收回"),
                            ("lapsed", "过了有效期"),
                        ],
                        default="issued",
                        max_length=10,
                    ),
                ),
                ("receipt", models.CharField(blank=True, max_length=60)),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("mechanism", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="term",
            name="term_number_once",
        ),
        migrations.RemoveConstraint(
            model_name="term",
            name="term_one_current",
        ),
        migrations.AddField(
            model_name="post",
            name="ended_document",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="post",
            name="ended_recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="ended_term",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_posts",
                to="roster.term",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="known_to",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="code",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="standing",
            name="mechanism",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="standing",
            name="until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="year",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standingend",
            name="mistaken",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="standingend",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="term",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="term",
            name="withdrawn_why",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("organisation", "number"),
                name="term_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("organisation",),
                name="term_one_current",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="host",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="roster.person"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roster.person",
            ),
        ),
        migrations.AddField(
            model_name="assignmentevent",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="roster.assignment"
            ),
        ),
        migrations.AddField(
            model_name="assignmentevent",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roster.person",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="roster.person"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roster.person",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="roster.person"
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roster.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned_end__gt", models.F("valid_from"))), name="assignment_planned_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("key", "field"), name="correction_key_once"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["branch", "state"], name="letter_branch"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "issued")), fields=("person",), name="letter_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_on__gte", models.F("issued_on"))), name="letter_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_on__isnull", True), ("state", "issued")),
                    models.Q(models.Q(("state", "issued"), _negated=True), ("settled_on__isnull", False)),
                    _connector="OR",
                ),
                name="letter_settled_or_open",
            ),
        ),
        AppendOnly("roster_assignment"),
        AppendOnly("roster_assignmentevent"),
        AppendOnly("roster_correction"),
    ]
