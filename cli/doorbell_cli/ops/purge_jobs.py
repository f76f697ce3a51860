"""A purge by the stack, asked for with an operator's own credentials."""

import time
from functools import partial

from doorbell.domain.log import DAY_SECONDS
from doorbell.runtime.jobs_json import job_json
from doorbell.runtime.purge_desk import asked_to_purge
from doorbell.runtime.purging import is_known
from doorbell.runtime.settings import Settings
from doorbell.store.events.operations import OperationTable
from doorbell.usecases.ask_to_purge import AskToPurge
from doorbell_cli.ops.belongings import places
from doorbell_cli.ops.job_card import job_card
from doorbell_cli.ops.jobs import job_desk, note_job
from doorbell_cli.ops.refusals import who
from doorbell_cli.output import Output
from doorbell_cli.target import Target


def purges(target: Target) -> AskToPurge:
    return AskToPurge(
        desk=job_desk(target),
        is_on=target.parameters.get("PurgeJobs") == "true",
        is_known=partial(_is_known, target),
        record=partial(_record, target),
    )


def ask_for_purge(out: Output, target: Target, tenant: str, *, removes: bool) -> None:
    """Have the stack do it. One that does no purges refuses it."""
    job = purges(target)(tenant, removes=removes, by=who(target))
    document = job_json(job)
    out.fields(job_card(document), document=document)
    note_job(out, job)


def _is_known(target: Target, tenant_id: str) -> bool:
    now = time.time()
    days = int(target.parameters.get("RetentionDays", Settings().retention_days))
    return is_known(target.client("dynamodb"), places(target), tenant_id, now - days * DAY_SECONDS, now)


def _record(target: Target, by: str, tenant_id: str, job_id: str, at: float) -> None:
    table = OperationTable(target.client("dynamodb"), target.table("Events"))
    table.record(asked_to_purge(by, tenant_id, job_id, at))
