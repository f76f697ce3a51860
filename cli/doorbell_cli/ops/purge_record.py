"""Who purged which tenant with their own credentials, when, and what came of it: on record with Doorbell's
own tenant, which no purge removes."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from doorbell.domain.own_events import TENANT
from doorbell.store.events.operations import Operation, OperationTable
from doorbell_cli.ops.purge import Found
from doorbell_cli.ops.refusals import who
from doorbell_cli.target import EXPECTED, Target


@contextmanager
def on_record(target: Target, tenant_id: str, found: Found) -> Iterator[Callable[[Found], None]]:
    """Before it begins: what cannot be recorded is not done. What is yielded takes what was left; a purge
    that breaks off is on record as such."""
    table = OperationTable(target.client("dynamodb"), target.table("Events"))
    by, run = who(target), secrets.token_hex(4)

    def note(detail: str) -> None:
        table.record(Operation(TENANT, by, "purge", f"tenant {tenant_id}", time.time(), f"{run}: {detail}"))

    def ended(left: Found) -> None:
        note(f"ended, left: {_told(left)}")

    note(f"begun by the tool, found: {_told(found)}")
    try:
        yield ended
    except BaseException:
        with suppress(*EXPECTED):
            note("interrupted: some of it may be left")
        raise


def _told(counts: Found) -> str:
    some = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in counts.items() if count]
    return ", ".join(some) or "nothing"
