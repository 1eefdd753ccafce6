"""What bodies showed against a list, and which bodies are named into a class of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0003_flowing'),
        ('roster', '0009_centres'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('mechanism', models.CharField(max_length=80)),
                ('standard', models.CharField(max_length=40)),
                ('item', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('happened_on', models.DateField()),
                ('quantity', models.PositiveIntegerField(default=1)),
                ('text', models.CharField(max_length=300)),
                ('document', models.CharField(blank=True, max_length=120)),
                ('recorded_at', models.DateTimeField()),
                ('looked_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('said', models.CharField(blank=True, max_length=200)),
                ('looked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
            options={
                'db_table': 'registers_standard_mark',
                'indexes': [models.Index(fields=['standard', 'organisation', 'item'], name='standard_mark_list'), models.Index(fields=['organisation'], name='standard_mark_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['shown', 'confirmed'])), models.Q(('ended_at__isnull', False), ('state__in', ['returned', 'withdrawn'])), _connector='OR'), name='standard_mark_ended_when'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='standard_mark_quantity')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('mechanism', models.CharField(max_length=80)),
                ('standard', models.CharField(max_length=40)),
                ('unit_class', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('document', models.CharField(max_length=120)),
                ('ended_document', models.CharField(blank=True, max_length=120)),
                ('recorded_at', models.DateTimeField()),
                ('ended_recorded_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
            ],
            options={
                'db_table': 'registers_standard_unit',
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('standard', 'unit_class', 'organisation'), name='standard_unit_one_open'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='standard_unit_span')],
            },
        ),
    ]
