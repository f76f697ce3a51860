"""The composition of what takes events in: ingest and publish."""

import time
from collections.abc import Callable, Mapping, Sequence

from doorbell.domain.sources import Source
from doorbell.queues.events import EventsQueueWriter
from doorbell.queues.notices import EventBusNotices
from doorbell.runtime.wiring import client, log, metrics, new_id, notice_lost, settings, stale_secret
from doorbell.signatures.gate import Gate
from doorbell.signatures.sender import check_content_type, check_sender
from doorbell.store.bodies import BodyBucket
from doorbell.store.handshakes import ParameterVault
from doorbell.store.secrets import SecretStore
from doorbell.store.sources import SourceTable
from doorbell.usecases.accept import Accept


class SourceChecks:
    """The `Checks` port."""

    def sender(self, source: Source, source_ip: str) -> None:
        check_sender(source, source_ip)

    def content_type(self, source: Source, content_type: str) -> None:
        check_content_type(source, content_type)

    def schema(self, source: Source, body: bytes) -> None:
        if source.json_schema is not None:
            from doorbell.payloads.schema import check_for  # jsonschema: only for sources that ask for it

            check_for(source.source_id, source.json_schema, body)


class GuardedFetch:
    """Fetches certificates and key sets through the egress guard, which is loaded when first needed."""

    def get(
        self,
        url: str,
        *,
        allowed_hosts: Callable[[str], bool] | Sequence[str],
        max_bytes: int,
        timeout_seconds: float,
    ) -> bytes:
        from doorbell.runtime.egress import fetcher, issuer_fetcher

        chosen = issuer_fetcher() if url.startswith("http://") else fetcher()
        return chosen.get(
            url, allowed_hosts=allowed_hosts, max_bytes=max_bytes, timeout_seconds=timeout_seconds
        )


class RareNotices:
    """Notices of ingest: so rare that the client is made when the first is sent."""

    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        EventBusNotices(client("events"), settings().event_bus_name, notice_lost).publish(kind, detail)


def accept() -> Accept:
    return Accept(
        sources=SourceTable(
            client("dynamodb"), settings().sources_table, time.time, ParameterVault(client).keep
        ),
        secrets=SecretStore(client, on_stale=stale_secret),
        gate=Gate(GuardedFetch()),
        checks=SourceChecks(),
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
        notices=RareNotices(),
    )


def bodies() -> BodyBucket:
    return BodyBucket(lambda: client("s3"), settings().bodies_bucket)


def events_queue() -> EventsQueueWriter:
    return EventsQueueWriter(client("sqs"), settings().events_queue_url)
