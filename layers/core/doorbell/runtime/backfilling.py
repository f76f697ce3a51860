"""The composition of back-fill by the clock."""

import time
from collections.abc import Callable

from doorbell.domain.backfill import NotPossible
from doorbell.domain.sources import Source
from doorbell.runtime.egress import transport
from doorbell.runtime.inbound import SourceChecks, bodies, events_queue
from doorbell.runtime.provider_lists import list_of, verified, window_of
from doorbell.runtime.source_rules import check_source
from doorbell.runtime.wiring import client, log, metrics, settings, stale_secret
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.store.events.backfill_plan import BackfillPlan
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.back_fill_due import BackFillDue
from doorbell.usecases.backfill import BackFill
from doorbell.usecases.ports_of_backfill import Report
from doorbell.usecases.take_fetched import TakeFetched


def pause(seconds: float) -> None:
    time.sleep(seconds)


def back_fill_due() -> BackFillDue:
    """Sources and credentials as they are now: whoever has just mended one must not wait."""
    sources = SourceTable(client("dynamodb"), settings().sources_table, lambda *_: False, check_source, ttl=0)
    book = BackfillBook(client("dynamodb"), settings().events_table, time.time)
    back_fill = BackFill(book, window_of, time.time, lambda seconds: pause(seconds), metrics(), log())

    def run(source: Source, goes_on: Callable[[], bool]) -> Report:
        if source.backfill is None:
            raise NotPossible("it has no `backfill`")
        owner = {"source_id": source.source_id}
        secrets = SecretStore(client, on_stale=stale_secret)
        (credential,) = secrets.resolve([source.backfill.credentials_ref], owner=owner)
        origins = settings().backfill_origins
        provider = list_of(source, credential, transport(), origins, time.time, _take())
        return back_fill(source, provider, goes_on=goes_on)

    return BackFillDue(
        planner=BackfillPlan(client("dynamodb"), settings().sources_table, book),
        source_of=sources.get,
        run=run,
        clock=time.time,
        metrics=metrics(),
        log=log(),
    )


def _take() -> TakeFetched:
    return TakeFetched(verified, SourceChecks(), bodies(), events_queue(), time.time, metrics(), log())
