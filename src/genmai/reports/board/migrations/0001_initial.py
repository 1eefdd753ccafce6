import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('roster', '0003_leave'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthRates',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.CharField(max_length=7)),
                ('known_at', models.DateTimeField()),
                ('figures', models.JSONField()),
                ('root', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roster.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('root', 'month'), name='month_rates_once')],
            },
        ),
    ]
