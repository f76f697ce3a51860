"""What the dispatcher alone writes: the ends of deliveries, and the details of attempts."""

import time
from dataclasses import dataclass, replace
from functools import cache

from doorbell.domain.company import Company
from doorbell.domain.outbound import OutboundRequest, Outcome
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


@dataclass(frozen=True, slots=True)
class Ways:
    """The sender of whatever leaves: to a URL, or to a target. `company`: the batch that shares calls."""

    to_urls: HttpSender
    company: Company | None = None

    def send(self, request: OutboundRequest) -> Outcome:
        if not request.url.startswith("arn:"):
            return self.to_urls.send(request)
        from doorbell.runtime.targets import send_to_target  # its services are for those that have targets

        return send_to_target(request, self.company)


@cache
def sender() -> Ways:
    tells = settings().keep_success_details
    return Ways(HttpSender(egress.policy(), transport=egress.transport(), tells_successes=tells))


def keep_details() -> Keeping:
    days = settings().attempt_detail_days
    table = AttemptDetailTable(client("dynamodb"), settings().events_table, time.time)
    return KeepDetails(table, days * SECONDS_PER_DAY, log()) if days else keep_none
