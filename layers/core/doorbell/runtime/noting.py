"""The notices of the dispatcher: to the operators' bus, and on record for the sweeper to tell."""

import time

from doorbell.queues.notices import EventBusNotices
from doorbell.runtime.wiring import client, notice_lost, settings
from doorbell.store.health.changes import ChangeTable
from doorbell.store.health.incidents import IncidentTable
from doorbell.usecases.note_incidents import NoteIncidents


def notices() -> NoteIncidents:
    bus = EventBusNotices(client("events"), settings().event_bus_name, notice_lost)
    incidents = IncidentTable(client("dynamodb"), settings().endpoints_table)
    changes = ChangeTable(client("dynamodb"), settings().endpoints_table)
    return NoteIncidents(bus, incidents, changes, time.time, notice_lost)
