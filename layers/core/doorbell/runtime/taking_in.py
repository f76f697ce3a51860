"""The composition of the inbox."""

import time
from collections.abc import Mapping
from typing import Any

from doorbell.queues.inbox import found_in
from doorbell.queues.inbox_parts import HOPS
from doorbell.runtime.broken_items import broken_item
from doorbell.runtime.catalogue import Catalogued
from doorbell.runtime.inbound import bodies, events_queue
from doorbell.runtime.published import parse
from doorbell.runtime.wiring import client, log, metrics, new_id, settings
from doorbell.signatures.vouching import inbox_event
from doorbell.store.configuration.event_types import EventTypeTable
from doorbell.usecases.take_in import TakeIn


def take_in() -> TakeIn:
    event_types = EventTypeTable(client("dynamodb"), settings().event_types_table)
    return TakeIn(
        tenant_id=settings().inbox_tenant,
        read=found_in,
        parse=Catalogued(parse, event_types.schema, broken_item),
        vouch=inbox_event,
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )


def hops_of(record: Mapping[str, Any]) -> str | None:
    attribute = record.get("messageAttributes", {}).get(HOPS)
    return None if attribute is None else str(attribute.get("stringValue", ""))
