"""What the dispatcher alone writes: the ends of deliveries, and the details of attempts."""

import time
from dataclasses import replace
from functools import cache

from doorbell.egress.client import HttpSender
from doorbell.runtime import egress, outbound
from doorbell.runtime.wiring import client, log, settings
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.usecases.attempt_details import KeepDetails, Keeping, keep_none

SECONDS_PER_DAY = 86_400


@cache
def deliveries() -> DeliveryTable:
    return replace(outbound.deliveries(), history=settings().history == "all")


@cache
def sender() -> HttpSender:
    return HttpSender(
        egress.policy(), transport=egress.transport(), tells_successes=settings().keep_success_details
    )


def keep_details() -> Keeping:
    days = settings().attempt_detail_days
    table = AttemptDetailTable(client("dynamodb"), settings().events_table, time.time)
    return KeepDetails(table, days * SECONDS_PER_DAY, log()) if days else keep_none
