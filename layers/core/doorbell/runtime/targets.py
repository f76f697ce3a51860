"""Targets: whether one may be sent to, and who sends. Imported where a subscription has one."""

import time
from functools import cache

from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.targets import TargetPolicy, TargetRequest
from doorbell.runtime.wiring import regional_client, settings
from doorbell.targets.sender import TargetSender


@cache
def target_policy() -> TargetPolicy:
    return TargetPolicy(
        arns=settings().target_arns,
        tenants=settings().target_tenants,
        own_queues=settings().own_queues,
        stack=settings().powertools_service_name,
    )


def send_to_target(request: OutboundRequest) -> Outcome:
    assert isinstance(request, TargetRequest), "the composer makes one for every ARN"
    return target_sender().send(request)


@cache
def target_sender() -> TargetSender:
    return TargetSender(target_policy(), regional_client, time.monotonic)
