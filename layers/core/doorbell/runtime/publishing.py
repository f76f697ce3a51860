"""The composition of publish."""

import time

from doorbell.runtime.inbound import bodies, events_queue
from doorbell.runtime.published import parse
from doorbell.runtime.wiring import log, metrics, new_id
from doorbell.signatures.verifier import publish_event
from doorbell.usecases.publish import Publish


def publish() -> Publish:
    return Publish(
        parse=parse,
        vouch=publish_event,
        bodies=bodies(),
        queue=events_queue(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )
