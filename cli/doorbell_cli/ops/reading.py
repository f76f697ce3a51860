"""What commands read events and deliveries with, over a target's tables."""

import time

from doorbell.store.bodies import BodyBucket
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.deliveries.history_index import HistoryIndex
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.events import EventTable
from doorbell.store.events.stories import StoryTable
from doorbell.usecases.history import History
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.show_body import ShowBody
from doorbell_cli.target import Target


def event_log(target: Target) -> EventLog:
    return EventLog(target.client("dynamodb"), target.table("Events"))


def inspect(target: Target) -> Inspect:
    """One event with its whole story."""
    return Inspect(StoryTable(target.client("dynamodb"), target.table("Events"), time.time))


def show_body(target: Target) -> ShowBody:
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    return ShowBody(EventTable(target.client("dynamodb"), target.table("Events")), bodies, time.time)


def undelivered(target: Target) -> UndeliveredIndex:
    return UndeliveredIndex(target.client("dynamodb"), target.table("Events"))


def attempt_details(target: Target) -> AttemptDetailTable:
    return AttemptDetailTable(target.client("dynamodb"), target.table("Events"), time.time)


def history(target: Target) -> History:
    return History(HistoryIndex(target.client("dynamodb"), target.table("Events")))


def deliveries_by_key(target: Target) -> DeliveryReads:
    return DeliveryReads(target.client("dynamodb"), target.table("Events"))


def pending_walk(target: Target) -> PendingWalk:
    return PendingWalk(target.client("dynamodb"), target.table("Events"))
