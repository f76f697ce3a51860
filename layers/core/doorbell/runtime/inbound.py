"""The composition of what takes events in: ingest and publish."""

import time
from collections.abc import Callable, Mapping, Sequence

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.refusals import REFUSALS
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.queues.events import EventsQueueWriter
from doorbell.queues.notices import EventBusNotices
from doorbell.runtime.wiring import client, log, metrics, new_id, notice_lost, settings, stale_secret
from doorbell.signatures.gate import Gate
from doorbell.signatures.sender import check_content_type, check_sender
from doorbell.store.bodies import BodyBucket
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.secrets.handshakes import ParameterVault
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.accept import Accept
from doorbell.usecases.ports import Secrets


class SourceChecks:
    """The `Checks` port."""

    def sender(self, source: Source, source_ip: str) -> None:
        check_sender(source, source_ip)

    def content_type(self, source: Source, content_type: str) -> None:
        check_content_type(source, content_type)

    def schema(self, source: Source, event: VerifiedEvent) -> None:
        if source.json_schema is not None:
            from doorbell.payloads.schema import check_for  # jsonschema: only for sources that ask for it

            check_for(source.source_id, source.json_schema, event.body, event.content_type)


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
        if kind == "source.refusals":
            from doorbell.runtime.own_events import ring_refusals

            ring_refusals(str(detail["source_id"]), str(detail["reason"]), REFUSALS)


def tell_operators(source: Source, request: RawRequest, refusal: Refusal, secrets: Secrets) -> None:
    """It is counted, and kept. What is needed for that is loaded with the first refusal."""
    from doorbell.runtime import rolling_up

    if rolling_up.is_on():
        rolling_up.count_refused()(source, refusal.code, request.came_at or time.time())
    if settings().refused_table and settings().refused_kept:
        from doorbell.runtime.keeping import keep_refused

        keep_refused()(source, request, refusal, secrets)


def broken_source(source_id: str, error: ConfigError | SecretMissing) -> None:
    from doorbell.runtime.broken_items import broken_source  # not before the first

    broken_source(source_id, error)


def accept() -> Accept:
    gate = Gate(GuardedFetch())
    return Accept(
        sources=SourceTable(
            client("dynamodb"), settings().sources_table, ParameterVault(client).keep, gate.check_source
        ),
        secrets=SecretStore(client, on_stale=stale_secret),
        gate=gate,
        checks=SourceChecks(),
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
        notices=RareNotices(),
        broken=broken_source,
        keep=tell_operators,
    )


def bodies() -> BodyBucket:
    return BodyBucket(lambda: client("s3"), settings().bodies_bucket)


def events_queue() -> EventsQueueWriter:
    return EventsQueueWriter(client("sqs"), settings().events_queue_url)
