"""What happens to a member and to a body over the years: transfers, terms, honours and discipline, dues, proposals.

Rows that say what was decided are append-only; a correction is a later row. `key` is the command's, so that the same
form sent twice stands once.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models

from genmai.directory.roster.models.organisations import Organisation
from genmai.directory.roster.models.people import Person


class TransferState(models.TextChoices):
    ASKED = "asked", "等接收方确认"
    ACCEPTED = "accepted", "已转入"
    REFUSED = "refused", "不接收"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "过期未接"


class Transfer(models.Model):
    """A member on the way from one branch to another. Nothing moves before the other branch has accepted."""

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="transfers")
    from_branch = models.ForeignKey(Organisation, models.PROTECT, related_name="transfers_out", db_index=False)
    to_branch = models.ForeignKey(Organisation, models.PROTECT, related_name="transfers_in", db_index=False)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.ASKED)
    reason = models.CharField(max_length=24)  # a key of the mechanism: why the member moves
    asked_on = models.DateField()
    expires_on = models.DateField()  # the last day on which it can be accepted
    settled_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=120, blank=True)  # why it was refused or withdrawn
    mechanism = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["from_branch", "state"], name="transfer_from"),
            models.Index(fields=["to_branch", "state"], name="transfer_to"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="asked"), name="transfer_one_open_a_person"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_branch=models.F("to_branch")), name="transfer_goes_elsewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked", settled_on__isnull=True)
                | (~models.Q(state="asked") & models.Q(settled_on__isnull=False)),
                name="transfer_settled_or_open",
            ),
        ]


class Term(models.Model):
    """One term (届) of a body: from the day it was chosen until the next; `planned_end` is when it should end."""

    key = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()  # 第几届
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    planned_end = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # entered by mistake: the term before goes on
    withdrawn_why = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="term_number_once",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(valid_to__isnull=True, withdrawn_at__isnull=True),
                name="term_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(planned_end__gt=models.F("valid_from"))
                & (models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from"))),
                name="term_span",
            ),
        ]


class StandingKind(models.TextChoices):
    HONOUR = "honour", "奖励"
    DISCIPLINE = "discipline", "惩戒"


class Standing(models.Model):
    """An honour given or a discipline imposed by a body, with its document. Append-only."""

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="standings")
    kind = models.CharField(max_length=10, choices=StandingKind.choices)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=24, blank=True)  # a key of the mechanism: national … town
    reason = models.CharField(max_length=120, blank=True)
    body = models.CharField(max_length=80)  # who decided
    decided_on = models.DateField()
    document = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    code = models.CharField(
        max_length=40, blank=True, db_default=""
    )  # a key of the mechanism: which honour, which discipline
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # the round an honour belongs to
    until = models.DateField(null=True, blank=True)  # a discipline's effect ends on this day
    mechanism = models.CharField(max_length=80, blank=True, default="", db_default="")

    asked_day: date | None = None  # set by a reader who asks how it stood on a day, or as known then
    asked_known: datetime | None = None

    @property
    def ended(self) -> StandingEnd | None:
        """The revocation that holds; the row should be fetched with `ends` and what took them back."""
        return next((end for end in self.ends.all() if self._told(end) and not self._taken_back(end)), None)

    @property
    def taken_back(self) -> list[StandingEnd]:
        """Revocations that were taken back since, the oldest first."""
        return [end for end in self.ends.all() if self._told(end) and self._taken_back(end)]

    def _told(self, end: StandingEnd) -> bool:
        known = self.asked_known is None or end.recorded_at <= self.asked_known
        return known and (end.mistaken or self.asked_day is None or end.on <= self.asked_day)

    def _taken_back(self, end: StandingEnd) -> bool:
        back: StandingBack | None = getattr(end, "back", None)
        return back is not None and (self.asked_known is None or back.recorded_at <= self.asked_known)


class StandingEnd(models.Model):
    """An honour or discipline withdrawn by a body, or an entry that was wrong from the start. Append-only.

    It holds until a `StandingBack` takes it back; only one at a time does.
    """

    standing = models.ForeignKey(Standing, models.PROTECT, related_name="ends")
    key = models.UUIDField(unique=True)
    on = models.DateField()
    body = models.CharField(max_length=80)
    document = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    mistaken = models.BooleanField(default=False, db_default=False)  # never given: the entry was wrong
    reason = models.CharField(max_length=120, blank=True, default="", db_default="")


class StandingBack(models.Model):
    """A revocation that was a mistake: what was given was valid all along. Append-only."""

    end = models.OneToOneField(StandingEnd, models.PROTECT, related_name="back")
    key = models.UUIDField(unique=True)
    reason = models.CharField(max_length=120)
    document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)


class DuesStatus(models.TextChoices):
    DUE = "due", "未交"
    PAID = "paid", "已交"
    EXCUSED = "excused", "经批准免交"
    NONE = "none", "没登记"  # what was said was taken back, and nothing was known before it


class DuesMonth(models.Model):
    """How one month's dues stand; the last row of a month counts. Append-only. The income itself is never kept."""

    key = models.UUIDField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues", db_index=False)
    month = models.DateField()  # its first day
    status = models.CharField(max_length=8, choices=DuesStatus.choices)
    payer = models.CharField(max_length=24)  # a class of payers of the mechanism
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    document = models.CharField(max_length=120, blank=True)  # who approved that less or none is paid
    mechanism = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["person", "month", "id"], name="dues_person_month")]
        constraints = [
            models.UniqueConstraint(fields=["key", "person", "month"], name="dues_key_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="dues_first_of_month"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="dues_not_negative"),
        ]


class Proposal(models.Model):
    """A timer ran out: a named body is asked to look. It changes nothing by itself (DESIGN §2.2). Append-only."""

    public_id = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="proposals")
    timer = models.CharField(max_length=24)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="proposals")
    since = models.DateField()  # from when the time ran
    mechanism = models.CharField(max_length=80)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "timer", "since"], name="proposal_once")]


class ProposalOutcome(models.TextChoices):
    TALK = "talk", "谈话提醒"
    HELP = "help", "上门了解、帮助"
    PROCEDURE = "procedure", "按规定程序另行处理"
    NONE = "none", "了解了情况，不用处理"


class ProposalDecision(models.Model):
    """What the body decided on a proposal, in its own words. Append-only."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision")
    key = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=10, choices=ProposalOutcome.choices)
    reason = models.CharField(max_length=200)
    document = models.CharField(max_length=120, blank=True)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
