"""Pairs of records that may be one person, judgements, merges that can be undone."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('roster', '0007_registry'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='roster.person'),
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('key', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('closed', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.membership')),
                ('gone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='MovedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('column', models.CharField(max_length=63)),
                ('row_key', models.BigIntegerField()),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moved', to='roster.merge')),
            ],
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('parameters', models.CharField(max_length=24)),
                ('weight', models.FloatField()),
                ('parts', models.JSONField(default=list)),
                ('first_reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('second_reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('found_at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('open', '还没看'), ('same', '同一个人'), ('different', '不是同一个人')], default='open', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
        ),
        migrations.AddField(
            model_name='merge',
            name='pair',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='roster.pair'),
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('verdict', models.CharField(choices=[('open', '还没看'), ('same', '同一个人'), ('different', '不是同一个人')], max_length=10)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='roster.pair')),
            ],
        ),
        migrations.CreateModel(
            name='Unmerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('merge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='undone', to='roster.merge')),
                ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='pair',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('verdict', 'open')), fields=['first_reach'], name='pair_first_reach'),
        ),
        migrations.AddIndex(
            model_name='pair',
            index=models.Index(fields=['verdict', '-weight'], name='pair_by_verdict'),
        ),
        migrations.AddConstraint(
            model_name='pair',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='pair_once'),
        ),
        migrations.AddConstraint(
            model_name='pair',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_in_order'),
        ),
        AppendOnly("roster_judgement"),
        AppendOnly("roster_merge"),
        AppendOnly("roster_movedrow"),
        AppendOnly("roster_unmerge"),
    ]
