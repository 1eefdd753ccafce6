import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_rounds"), ("roster", "0003_leave")]

    operations = [
        migrations.CreateModel(
            name='Emergency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('path', models.CharField(max_length=200)),
                ('mechanism', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=24)),
                ('level', models.CharField(max_length=24)),
                ('version', models.PositiveIntegerField(default=1)),
                ('started_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('proposed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('declared_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('declared_for', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='roster.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deed_id', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('text', models.CharField(max_length=1000)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('emergency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulletins', to='cases.emergency')),
            ],
        ),
        migrations.CreateModel(
            name='PausedExtra',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('extra', models.CharField(max_length=24)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('emergency', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paused', to='cases.emergency')),
            ],
        ),
        migrations.AddIndex(
            model_name='emergency',
            index=models.Index(fields=['organisation', '-started_at'], name='emergency_newest'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('organisation',), name='emergency_one_open'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('started_at'))), name='emergency_span'),
        ),
        migrations.AddIndex(
            model_name='pausedextra',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['extra'], name='paused_open'),
        ),
        migrations.AddConstraint(
            model_name='pausedextra',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('extra', 'emergency'), name='paused_once', nulls_distinct=False),
        ),
        AppendOnly("cases_bulletin"),
    ]
