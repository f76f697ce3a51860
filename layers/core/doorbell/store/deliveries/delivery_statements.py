"""The claim and the outcome of a delivery as PartiQL: what `deliveries` writes one by one, for a batch.

Only what every implementation takes: no OR beside the keys, no functions. So a claim is made here only where
there is no lease at all, and `attempts` are written whole: they are the claim's, under its lease.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
"""

from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.store.deliveries.delivery_change import Change
from doorbell.store.deliveries.delivery_items import attempt_values, delivery_key
from doorbell.store.dynamodb.statements import Statement
from doorbell.store.dynamodb.tables import marshal

_OF_THIS_KEY = '"event_id" = ? AND "sk" = ?'
_PENDING = '"state" = ?'


def claim(
    table: str, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool
) -> Statement:
    """Answered with the item as it is then."""
    its_turn = '"attempts_made" = ?'
    its_time = '"next_attempt_at" <= ?'
    no_lease = '"lease_until" IS MISSING'
    on_no_shelf = "" if release else ' AND "shelf" IS MISSING'
    where = f"{_OF_THIS_KEY} AND {_PENDING} AND {its_turn} AND {its_time} AND {no_lease}{on_no_shelf}"
    text = f'UPDATE "{table}" SET "lease_id" = ? SET "lease_until" = ? WHERE {where} RETURNING ALL NEW *'
    values = {
        "lease": lease.lease_id,
        "until": lease.until,
        **delivery_key(key),
        "pending": State.PENDING.value,
        "made": attempt - 1,
        "soon": now + STEP_SLACK_SECONDS,
    }
    return text, list(marshal(values).values())


def outcome(
    table: str, claimed: Delivery, attempt: Attempt | None, after: Delivery, *, history: bool
) -> Statement:
    assert claimed.lease is not None
    change = Change(claimed, attempt, after, history=history)
    if change.appended:
        change.values["attempts"] = [attempt_values(made) for made in claimed.attempts] + change.appended
    sets = "".join(f' SET "{name}" = ?' for name in change.values)
    removes = "".join(f' REMOVE "{name}"' for name in change.removed)
    still_ours = '"lease_id" = ?'
    values = {
        **change.values,
        **delivery_key(claimed.key),
        "ours": claimed.lease.lease_id,
        "pending": State.PENDING.value,
    }
    text = f'UPDATE "{table}"{sets}{removes} WHERE {_OF_THIS_KEY} AND {still_ours} AND {_PENDING}'
    return text, list(marshal(values).values())
