"""Targets: whether one may be sent to, and who sends. Imported where a subscription has one."""

import time
from functools import cache
from typing import Any

from doorbell.domain.company import Company
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.targets import TargetPolicy, TargetRequest
from doorbell.runtime.aws_tls import context_of
from doorbell.runtime.wiring import credentials, new_client_of, regional_client, settings
from doorbell.targets.large import LargeBodies
from doorbell.targets.plain_queue import PlainQueue
from doorbell.targets.roles import Roles, Session
from doorbell.targets.sender import TargetSender
from doorbell.targets.service import ANSWER_SECONDS, Way
from doorbell.targets.sqs import SQS
from doorbell.targets.together import SharedSender

WRITE_SECONDS = 3
"""For an answer of the bodies bucket; with the connection's two it is within what `domain.large` allows."""


@cache
def target_policy() -> TargetPolicy:
    return TargetPolicy(
        arns=settings().target_arns,
        tenants=settings().target_tenants,
        own=(*settings().own_queues, f"arn:*:s3:::{settings().bodies_bucket}/*"),
        stack=settings().powertools_service_name,
        roles=settings().target_role_arns,
    )


def send_to_target(request: OutboundRequest, company: Company | None) -> Outcome:
    """`company`: the batch whose calls it may share."""
    assert isinstance(request, TargetRequest), "the composer makes one for every ARN"
    sender = target_sender()
    return (sender if company is None else SharedSender(sender, company)).send(request)


@cache
def target_sender() -> TargetSender:
    bodies = LargeBodies(lambda: regional_client("s3", "", WRITE_SECONDS), settings().bodies_bucket)
    return TargetSender(target_policy(), _client_of, time.monotonic, lambda way: roles().forget(way), bodies)


@cache
def roles() -> Roles:
    return Roles(lambda: regional_client("sts", "", ANSWER_SECONDS), _client_with, time.time)


def _client_of(way: Way) -> Any:
    if way.role_arn is not None:
        return roles().client(way)
    if way.api == SQS.client_name:
        return _queue_client(way)
    return regional_client(way.api, way.region, way.seconds)


@cache
def _queue_client(way: Way) -> PlainQueue:
    client = regional_client(way.api, way.region, way.seconds)
    return PlainQueue(client, credentials(), context_of(client))


def _client_with(way: Way, session: Session) -> Any:
    return new_client_of(
        way.api,
        way.region,
        way.seconds,
        aws_access_key_id=session.key_id,
        aws_secret_access_key=session.secret,
        aws_session_token=session.token,
    )
