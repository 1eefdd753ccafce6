"""Flowing members: residents' lists under their own keys, candidates, records of both sides."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0002_procedures'),
        ('roster', '0008_linkage'),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('mechanism', models.CharField(max_length=80)),
                ('source', models.CharField(choices=[('screening', '数据筛选'), ('registration', '新居民登记'), ('visit', '网格走访')], max_length=12)),
                ('state', models.CharField(max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('row', models.PositiveIntegerField(null=True)),
                ('parameters', models.CharField(blank=True, max_length=24)),
                ('weight', models.FloatField(null=True)),
                ('parts', models.JSONField(default=list)),
                ('found_at', models.DateTimeField()),
                ('next_on', models.DateField(null=True)),
                ('host', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('resident', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
        ),
        migrations.CreateModel(
            name='FlowRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('mechanism', models.CharField(max_length=80)),
                ('state', models.CharField(max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('home_reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('home_said', models.CharField(blank=True, max_length=120)),
                ('host_reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('host_said', models.CharField(blank=True, max_length=120)),
                ('reason', models.CharField(blank=True, max_length=24)),
                ('left_on', models.DateField(null=True)),
                ('declared_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('last_contact_at', models.DateTimeField(null=True)),
                ('next_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('document', models.CharField(blank=True, max_length=120)),
                ('registered_at', models.DateTimeField()),
                ('candidate', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='record', to='registers.candidate')),
                ('home', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('host', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('resident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('thought', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
        ),
        migrations.CreateModel(
            name='FlowProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('since', models.DateField()),
                ('at', models.DateTimeField()),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='registers.flowrecord')),
            ],
        ),
        migrations.CreateModel(
            name='ResidentList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('key', models.UUIDField(unique=True)),
                ('mechanism', models.CharField(max_length=80)),
                ('reach', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('title', models.CharField(max_length=80)),
                ('basis', models.CharField(max_length=24)),
                ('document', models.CharField(max_length=120)),
                ('rows', models.PositiveIntegerField()),
                ('uploaded_at', models.DateTimeField()),
                ('keep_until', models.DateField()),
                ('wrapped', models.BinaryField(null=True)),
                ('compared_at', models.DateTimeField(null=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('uploaded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
            ],
        ),
        migrations.CreateModel(
            name='ListPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('residents', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='registers.residentlist')),
            ],
        ),
        migrations.CreateModel(
            name='ListEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('row', models.PositiveIntegerField(null=True)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('quantity', models.PositiveIntegerField(null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('residents', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='registers.residentlist')),
            ],
        ),
        migrations.AddField(
            model_name='candidate',
            name='residents',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='registers.residentlist'),
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deed_id', models.UUIDField(unique=True)),
                ('verb', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('way', models.CharField(blank=True, max_length=24)),
                ('duty', models.CharField(blank=True, max_length=24)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('candidate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='registers.candidate')),
                ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
                ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='registers.flowrecord')),
            ],
        ),
        migrations.AddIndex(
            model_name='flowrecord',
            index=django.contrib.postgres.indexes.GinIndex(fields=['home_reach'], name='flow_home_reach'),
        ),
        migrations.AddIndex(
            model_name='flowrecord',
            index=django.contrib.postgres.indexes.GinIndex(fields=['host_reach'], name='flow_host_reach'),
        ),
        migrations.AddIndex(
            model_name='flowrecord',
            index=models.Index(condition=models.Q(('ended_on__isnull', True)), fields=['next_on', 'id'], name='flow_next'),
        ),
        migrations.AddConstraint(
            model_name='flowrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True), ('member__isnull', False)), fields=('member',), name='flow_one_open'),
        ),
        migrations.AddConstraint(
            model_name='flowrecord',
            constraint=models.CheckConstraint(condition=models.Q(('member__isnull', False), ('resident__isnull', False), _connector='OR'), name='flow_is_somebody'),
        ),
        migrations.AddConstraint(
            model_name='flowrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['settled', 'keeping']), _negated=True), models.Q(('home__isnull', False), ('host__isnull', False), ('member__isnull', False)), _connector='OR'), name='flow_settled_has_both_sides'),
        ),
        migrations.AddConstraint(
            model_name='flowproposal',
            constraint=models.UniqueConstraint(fields=('record', 'kind', 'since'), name='flow_proposal_once'),
        ),
        migrations.AddIndex(
            model_name='residentlist',
            index=django.contrib.postgres.indexes.GinIndex(fields=['reach'], name='resident_list_reach'),
        ),
        migrations.AddConstraint(
            model_name='residentlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at__isnull', True), ('wrapped__isnull', False)), models.Q(('destroyed_at__isnull', False), ('wrapped__isnull', True)), _connector='OR'), name='resident_list_kept_or_destroyed'),
        ),
        migrations.AddConstraint(
            model_name='listpart',
            constraint=models.UniqueConstraint(fields=('residents', 'number'), name='list_part_once'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=django.contrib.postgres.indexes.GinIndex(fields=['reach'], name='candidate_reach'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(condition=models.Q(('state__in', ['found', 'trying'])), fields=['next_on', 'id'], name='candidate_waiting'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(condition=models.Q(('residents__isnull', False)), fields=('residents', 'row'), name='candidate_row_once'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('residents__isnull', False), ('row__isnull', False)), ('resident__isnull', False), _connector='OR'), name='candidate_is_somebody'),
        ),
        AppendOnly("registers_listevent"),
        AppendOnly("registers_touch"),
        AppendOnly("registers_flowproposal"),
    ]
