"""A month's dues that were recorded by mistake are taken back: a row of their own says that nothing is known."""

from django.db import migrations, models

_CHOICES = [("due", "未交"), ("paid", "已交"), ("excused", "经批准免交"), ("none", "没登记")]


class Migration(migrations.Migration):
    dependencies = [("roster", "0019_particulars")]

    operations = [
        migrations.AlterField("duesmonth", "status", models.CharField(choices=_CHOICES, max_length=8)),
    ]
