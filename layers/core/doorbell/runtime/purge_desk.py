"""The composition of the desk at which purges are asked for."""

import time

from doorbell.domain.own_events import TENANT
from doorbell.runtime.job_desk import job_desk
from doorbell.runtime.outbound import SECONDS_PER_DAY
from doorbell.runtime.purging import first_places, is_known
from doorbell.runtime.wiring import client, settings
from doorbell.store.events.operations import Operation, OperationTable
from doorbell.usecases.ask_to_purge import AskToPurge


def ask_to_purge() -> AskToPurge:
    return AskToPurge(job_desk(), settings().purge_jobs, _is_known, _record)


def _is_known(tenant_id: str) -> bool:
    now = time.time()
    kept = settings().retention_days * SECONDS_PER_DAY
    return is_known(client("dynamodb"), first_places(), tenant_id, now - kept, now)


def _record(by: str, tenant_id: str, job_id: str, at: float) -> None:
    table = OperationTable(client("dynamodb"), settings().events_table)
    table.record(asked_to_purge(by, tenant_id, job_id, at))


def asked_to_purge(by: str, tenant_id: str, job_id: str, at: float) -> Operation:
    """Of Doorbell's own tenant, which no purge removes."""
    return Operation(TENANT, by, "purge", f"tenant {tenant_id}", at, f"job {job_id}")
