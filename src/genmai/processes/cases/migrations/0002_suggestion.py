import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Learning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('state', models.CharField(choices=[('asked', '排队中'), ('running', '正在学'), ('done', '学好了'), ('failed', '没学成')], max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('version', models.CharField(blank=True, max_length=40)),
                ('from_sheets', models.PositiveIntegerField(default=0)),
                ('from_cases', models.PositiveIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=24)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('state__in', ('asked', 'running'))), name='learning_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=40)),
                ('basis', models.CharField(choices=[('model', '学来的'), ('words', '分类词'), ('label', '来件自带的分类')], max_length=8)),
                ('made_at', models.DateTimeField()),
                ('category', models.CharField(blank=True, max_length=20)),
                ('confidence', models.PositiveSmallIntegerField(null=True)),
                ('second', models.CharField(blank=True, max_length=20)),
                ('second_confidence', models.PositiveSmallIntegerField(null=True)),
                ('decided', models.BooleanField()),
                ('doubt', models.CharField(blank=True, max_length=16)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('duty_row', models.CharField(blank=True, max_length=40)),
                ('body_cases', models.PositiveIntegerField(null=True)),
                ('body_of', models.PositiveIntegerField(null=True)),
                ('body', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='suggestion', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(fields=['made_at'], name='suggestion_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided', False), models.Q(('category', ''), _negated=True), _connector='OR'), name='suggestion_decided_says_what')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['id'], name='case_received'),
        ),
    ]
