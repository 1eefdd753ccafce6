import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("roster", "0003_leave")]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='bundle',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='held_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='held_why',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='notice',
            name='urgency',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.CreateModel(
            name='QuietChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.PositiveSmallIntegerField()),
                ('ends', models.PositiveSmallIntegerField()),
                ('rest_days', models.BooleanField()),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quiet_choices', to='roster.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('begins__lt', 1440), ('ends__lt', 1440)), name='quiet_choice_minutes')],
            },
        ),
        AppendOnly("notices_quietchoice"),
    ]
