"""The composition of publish."""

import time

from doorbell.runtime.catalogue import Catalogued
from doorbell.runtime.inbound import bodies, events_queue
from doorbell.runtime.published import parse
from doorbell.runtime.wiring import client, config_error, log, metrics, new_id, settings
from doorbell.signatures.verifier import publish_event
from doorbell.store.event_types import EventTypeTable
from doorbell.usecases.publish import Publish


def publish() -> Publish:
    event_types = EventTypeTable(client("dynamodb"), settings().event_types_table, time.time)
    return Publish(
        parse=Catalogued(parse, event_types.schema, config_error),
        vouch=publish_event,
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )
