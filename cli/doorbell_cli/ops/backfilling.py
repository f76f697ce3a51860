"""Back-fill of a target's sources, with the operator's own credentials."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from doorbell.domain.backfill import NotPossible
from doorbell.domain.errors import Refusal
from doorbell.domain.sources import Source
from doorbell.egress.transport import Transport
from doorbell.queues.events import EventsQueueWriter
from doorbell.runtime.inbound import SourceChecks
from doorbell.runtime.provider_lists import list_of, verified, window_of
from doorbell.runtime.source_rules import check_source
from doorbell.store.bodies import BodyBucket
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.usecases.backfill import BackFill
from doorbell.usecases.ports_of_backfill import List
from doorbell.usecases.take_fetched import TakeFetched
from doorbell_cli.configuration import policy, secret_store
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.target import Target


def pause(seconds: float) -> None:
    time.sleep(seconds)


def back_fill(target: Target) -> BackFill:
    book = BackfillBook(target.client("dynamodb"), target.table("Events"), time.time)
    return BackFill(book, window_of, time.time, lambda seconds: pause(seconds), Quiet(), Quiet())


def source_named(target: Target, source_id: str) -> Source:
    """Refuses (404) one that is not there."""
    table = SourceTable(
        target.client("dynamodb"), target.table("Sources"), lambda *_: False, check_source, ttl=0
    )
    source = table.get(source_id)
    if source is None:
        raise Refusal(404, "unknown_source", f"there is no source {source_id}")
    return source


def origins(target: Target) -> list[str]:
    """Where the stack lets a provider's API be that is not at its own host."""
    return list(filter(None, target.parameters.get("BackfillOrigins", "").split(",")))


def _take(target: Target) -> TakeFetched:
    quiet = Quiet()
    return TakeFetched(
        verified=verified,
        checks=SourceChecks(),
        bodies=BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName")),
        queue=EventsQueueWriter(target.client("sqs"), target.queue_url("Events")),
        clock=time.time,
        metrics=quiet,
        log=quiet,
    )


@contextmanager
def provider_list(target: Target, source: Source, more: Sequence[str]) -> Iterator[List]:
    """`more`: origins that may be called too. Raises `NotPossible`, `SecretMissing`."""
    if source.backfill is None:
        raise NotPossible("it has no `backfill`: say there which hook it is, and with which credential")
    owner = {"source_id": source.source_id}
    (credential,) = secret_store(target).resolve([source.backfill.credentials_ref], owner=owner)
    transport = Transport(policy(target))
    allowed = [*origins(target), *more]
    try:
        yield list_of(source, credential, transport, allowed, time.time, _take(target))
    finally:
        transport.close()
