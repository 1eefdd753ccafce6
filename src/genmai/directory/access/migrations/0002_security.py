"""Second factors, identities at work messengers, reviews of unusual looks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Factor",
            fields=[
                ("id", KEY),
                (
                    "kind",
                    models.CharField(
                        choices=[("totp", "动态口令"), ("passkey", "通行密钥"), ("recovery", "恢复码")], max_length=10
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40)),
                ("secret", models.BinaryField()),
                ("credential_id", models.BinaryField(null=True, unique=True)),
                ("counter", models.BigIntegerField(default=0)),
                ("added_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["account"], name="factor_in_force"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideLogin",
            fields=[
                ("id", KEY),
                ("issuer", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=255)),
                ("added_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_logins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="outside_login_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LookReview",
            fields=[
                ("id", KEY),
                ("at", models.DateTimeField()),
                ("rule", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("finding", models.CharField(max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks_reviewed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "auditor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["day", "rule"], name="look_review_day")]},
        ),
        AppendOnly("access_lookreview"),
    ]
