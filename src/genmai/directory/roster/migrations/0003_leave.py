import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("roster", "0002_estates")]

    operations = [
        migrations.AddField(
            model_name='away',
            name='organisation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation'),
        ),
        migrations.AddField(
            model_name='away',
            name='recorded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='away',
            name='recorded_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person'),
        ),
        migrations.CreateModel(
            name='AwayEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_day', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('away', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='roster.away')),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
        ),
        AppendOnly("roster_away"),
        AppendOnly("roster_awayend"),
    ]
