"""What became of a subscription's deliveries: each that has ended stands on the shelf of its history.

Pure; times are epoch seconds.
"""

from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.globs import fits
from doorbell.domain.subscriptions import scoped

SHARDS = 8
"""Of one history: a partition of an index takes a thousand writes a second, and one that takes no more holds
up the outcomes themselves. As many as the event log has for a tenant, so no subscription gets more than these
take. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html"""
ENDED = tuple(state.value for state in State if state.terminal)


def history_shelves(endpoint_id: str) -> tuple[str, ...]:
    return tuple(_shelf(endpoint_id, number) for number in range(SHARDS))


def history_shelf(delivery: Delivery) -> str:
    endpoint_id = scoped(delivery.tenant_id, delivery.key.subscription_id)
    return _shelf(endpoint_id, int(delivery.key.spread * SHARDS))


def _shelf(endpoint_id: str, number: int) -> str:
    return f"done#{endpoint_id}#{number}"


@dataclass(frozen=True, slots=True)
class EndedRow:
    """A delivery that has ended. `told`: its row says how its last attempt ended; that of one which ended
    before histories were kept does not. `event_type` None: it was made before that."""

    key: DeliveryKey
    tenant_id: str
    ended_at: float
    state: str
    reason: str | None = None
    attempts_made: int | None = None
    status: int | None = None
    error: str | None = None
    event_type: str | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """What a delivery must be. `status`: as its last attempt was answered (404), or a class of that (5xx).
    `error`: the code of what went wrong with that attempt."""

    states: tuple[str, ...] = ENDED
    status: str | None = None
    error: str | None = None
    type_glob: str | None = None

    @property
    def asked(self) -> dict[str, str | None]:
        """By the names that people give it; None: not asked."""
        states = None if set(self.states) == set(ENDED) else ",".join(sorted(self.states))
        return {"state": states, "status": self.status, "error": self.error, "type": self.type_glob}

    def takes(self, row: EndedRow) -> bool | None:
        """None: the row does not say what is asked."""
        if row.state not in self.states:
            return False
        asked = (
            (self.status, row.told, lambda wanted: _is_status(row.status, wanted)),
            (self.error, row.told, lambda wanted: row.error == wanted),
            (self.type_glob, row.event_type is not None, lambda wanted: fits(row.event_type or "", wanted)),
        )
        found = [
            says and is_so(wanted) if says else None for wanted, says, is_so in asked if wanted is not None
        ]
        return False if False in found else None if None in found else True


def status_problem(text: str) -> str | None:
    """Why `text` names no status."""
    is_class = len(text) == 3 and text[0] in "12345" and text.endswith("xx")
    is_one = len(text) == 3 and text.isascii() and text.isdigit() and 100 <= int(text) <= 599
    if is_class or is_one:
        return None
    return f"{text!r} is no status: write a number from 100 to 599, or a class such as 5xx"


def _is_status(status: int | None, wanted: str) -> bool:
    if status is None:
        return False
    return str(status) == wanted or f"{status // 100}xx" == wanted
