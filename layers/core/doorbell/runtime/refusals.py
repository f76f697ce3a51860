"""The composition of what shows refused requests to people, and accepts them."""

import time

from doorbell.domain.log import DAY_SECONDS
from doorbell.runtime.inbound import GuardedFetch, SourceChecks, bodies, events_queue
from doorbell.runtime.wiring import client, log, metrics, settings, stale_secret
from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.gate import Gate
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.refused.refused_table import RefusedTable
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.accept_again import AcceptAgain
from doorbell.usecases.refused import RefusedRequests


def refused_requests() -> RefusedRequests:
    """The source and its secrets as they are at this moment: somebody has just mended them."""
    dynamodb = client("dynamodb")
    return RefusedRequests(
        book=RefusedTable(
            dynamodb,
            settings().refused_table,
            bodies(),
            events_keep=settings().retention_days * DAY_SECONDS,
        ),
        accepting=AcceptAgain(
            sources=SourceTable(
                dynamodb, settings().sources_table, lambda *_: False, Gate().check_source, ttl=0
            ),
            secrets=lambda: SecretStore(client, on_stale=stale_secret),
            gate=Gate(GuardedFetch()),
            checks=SourceChecks(),
            bodies=bodies(),
            queue=events_queue(),
            metrics=metrics(),
            log=log(),
        ),
        diagnose=diagnose,
        clock=time.time,
        log=log(),
    )
