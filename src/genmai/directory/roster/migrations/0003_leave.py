from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roster", "0002_estates")]

    operations = []
