import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('roster', '0003_leave'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('key', models.UUIDField(unique=True)),
                ('code', models.CharField(max_length=14, unique=True)),
                ('state', models.CharField(choices=[('queued', '排队中'), ('running', '正在导出'), ('done', '已导出'), ('cancelled', '已取消'), ('failed', '没能导出'), ('expired', '文件已过保存期')], max_length=10)),
                ('what', models.CharField(max_length=40)),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('title', models.CharField(max_length=200)),
                ('scope', models.CharField(max_length=500)),
                ('filters', models.CharField(blank=True, max_length=1000)),
                ('language', models.CharField(max_length=8)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('as_of', models.DateTimeField(null=True)),
                ('facts_until', models.DateTimeField(null=True)),
                ('touched_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('expected', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('layout', models.JSONField(default=dict)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('root', models.BinaryField(max_length=32, null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.person')),
                ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='DigestBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveIntegerField()),
                ('rows', models.PositiveSmallIntegerField()),
                ('digests', models.BinaryField()),
                ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='exports.exportrecord')),
            ],
        ),
        migrations.AddIndex(
            model_name='exportrecord',
            index=models.Index(fields=['account', '-id'], name='export_own'),
        ),
        migrations.AddIndex(
            model_name='exportrecord',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['id'], name='export_waiting'),
        ),
        migrations.AddIndex(
            model_name='exportrecord',
            index=models.Index(condition=models.Q(('state', 'done')), fields=['expires_at'], name='export_expiring'),
        ),
        migrations.AddConstraint(
            model_name='digestblock',
            constraint=models.UniqueConstraint(fields=('export', 'ordinal'), name='export_block_once'),
        ),
    ]
