import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_desk"), ("roster", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("reason", models.CharField(max_length=24)),
                ("missing", models.CharField(max_length=500)),
                ("banked_at", models.DateTimeField()),
                ("review_due_at", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reviews", models.PositiveSmallIntegerField(default=0)),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("back", "重新办理"), ("raised", "提交上一级"), ("promised", "答应以后办，先办结")],
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CallReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CallScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(choices=[("town", "呼叫的一方"), ("department", "被呼叫的一方")], max_length=10),
                ),
                ("given_at", models.DateTimeField()),
                ("answers", models.JSONField()),
                ("text", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="request",
            name="request_one_open",
        ),
        migrations.AddField(
            model_name="body",
            name="climb_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="split_off",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="request",
            name="body",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="cases.body",
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="kind",
            field=models.CharField(
                choices=[
                    ("objection", "异议"),
                    ("extension", "延期"),
                    ("suspension", "挂起"),
                    ("bank", "挂账"),
                    ("wrong_call", "误呼叫"),
                    ("insisted", "坚持呼叫"),
                    ("climb", "该提一级"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="suspension",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="body",
            index=models.Index(
                condition=models.Q(("climb_at__isnull", False), ("released_at__isnull", True)),
                fields=["climb_at"],
                name="body_to_climb",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="case_not_its_own_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("split_off", False), ("parent__isnull", False), _connector="OR"),
                name="case_split_off_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at__isnull", True)),
                fields=("case", "kind", "body"),
                name="request_one_open",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__isnull", False), ("reason", "banked"), _connector="OR"),
                name="suspension_expires",
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="approved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roster.person",
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="approver",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bank_entries", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="owner",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="bank_entry", to="cases.request"
            ),
        ),
        migrations.AddField(
            model_name="callreview",
            name="body",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="review", to="cases.body"
            ),
        ),
        migrations.AddField(
            model_name="callreview",
            name="department",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="callreview",
            name="town",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roster.organisation"
            ),
        ),
        migrations.AddField(
            model_name="callscore",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="cases.callreview"
            ),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("left_at__isnull", True)), fields=["owner", "review_due_at"], name="bank_entry_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at__isnull", True)), fields=("case",), name="bank_entry_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at__isnull", True), ("outcome", "")),
                    models.Q(("left_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                    _connector="OR",
                ),
                name="bank_entry_left_how",
            ),
        ),
        migrations.AddIndex(
            model_name="callreview",
            index=models.Index(
                condition=models.Q(("opened_at__isnull", True)), fields=["due_at"], name="call_review_to_open"
            ),
        ),
        migrations.AddIndex(
            model_name="callreview",
            index=models.Index(
                condition=models.Q(("opened_at__isnull", True)), fields=["town"], name="call_review_of_town"
            ),
        ),
        migrations.AddIndex(
            model_name="callreview",
            index=models.Index(
                condition=models.Q(("opened_at__isnull", True)), fields=["department"], name="call_review_of_dept"
            ),
        ),
    ]
