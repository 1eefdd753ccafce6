import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('roster', '0003_leave'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('state', models.CharField(max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('mechanism', models.CharField(max_length=80)),
                ('path', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=24)),
                ('title', models.CharField(max_length=60)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('place_text', models.CharField(max_length=120)),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('wanted', models.PositiveSmallIntegerField()),
                ('taken', models.PositiveSmallIntegerField(default=0)),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('source_kind', models.CharField(blank=True, max_length=20)),
                ('source_id', models.UUIDField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closing_text', models.CharField(blank=True, max_length=300)),
                ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('place', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.place')),
            ],
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('state', models.CharField(choices=[('signed', '已报名'), ('confirmed', '已确认'), ('turned_down', '这次不用来'), ('withdrawn', '已取消')], max_length=12)),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('signed_at', models.DateTimeField()),
                ('code_digest', models.BinaryField(max_length=32, null=True, unique=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('came', models.BooleanField(null=True)),
                ('hours', models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='activities.task')),
            ],
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['begins_at', 'id'], name='task_open'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['organisation', '-opened_at'], name='task_organisation'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('source_id__isnull', False)), fields=['source_id'], name='task_source'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('begins_at'))), name='task_span'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('taken__lte', models.F('wanted'))), name='task_never_overfull'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('signed', 'confirmed'))), fields=('task', 'person'), name='sign_up_one_place'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('came', True), ('hours__gt', 0)), models.Q(('came', False), ('hours__isnull', True)), models.Q(('came__isnull', True), ('hours__isnull', True)), _connector='OR'), name='sign_up_hours_iff_came'),
        ),
    ]
