"""The composition of what keeps refused requests. Ingest loads it with its first refusal."""

from functools import cache

from doorbell.domain.refused import HOUR_SECONDS
from doorbell.runtime.wiring import hasty_client, log, new_id, settings
from doorbell.signatures.diagnosis.masking import masked
from doorbell.store.bodies import BodyBucket
from doorbell.store.refused.refused_table import RefusedTable
from doorbell.usecases.keep_refused import KeepRefused


@cache
def keep_refused() -> KeepRefused:
    store = RefusedTable(
        hasty_client("dynamodb"),
        settings().refused_table,
        BodyBucket(lambda: hasty_client("s3"), settings().bodies_bucket),
        most=settings().refused_kept,
        hourly=settings().refused_per_hour,
        keeps=float(settings().refused_hours * HOUR_SECONDS),
    )
    return KeepRefused(store=store, masking=masked, ids=new_id, log=log())
