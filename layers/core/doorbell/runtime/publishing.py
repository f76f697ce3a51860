"""The composition of publish."""

import time

from doorbell.runtime.broken_items import broken_item
from doorbell.runtime.catalogue import Catalogued
from doorbell.runtime.inbound import bodies, events_queue
from doorbell.runtime.published import parse
from doorbell.runtime.wiring import client, log, metrics, new_id, settings
from doorbell.signatures.vouching import publish_event
from doorbell.store.configuration.event_types import EventTypeTable
from doorbell.usecases.publish import Publish


def publish() -> Publish:
    event_types = EventTypeTable(client("dynamodb"), settings().event_types_table)
    return Publish(
        parse=Catalogued(parse, event_types.schema, broken_item),
        vouch=publish_event,
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )
