"""Refused requests of a target: the same use case as the admin API's, with the operator's own credentials."""

import time

from doorbell.aws_errors import translated
from doorbell.domain.log import DAY_SECONDS
from doorbell.queues.events import EventsQueueWriter
from doorbell.runtime.inbound import GuardedFetch, SourceChecks
from doorbell.runtime.settings import Settings
from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.gate import Gate
from doorbell.store.bodies import BodyBucket
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.refused.refused_table import RefusedTable
from doorbell.usecases.accept_again import AcceptAgain
from doorbell.usecases.refused import RefusedRequests
from doorbell_cli.configuration import secret_store
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.target import Target


def refused_requests(target: Target) -> RefusedRequests:
    dynamodb, quiet = target.client("dynamodb"), Quiet()
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    days = int(target.parameters.get("RetentionDays", Settings().retention_days))
    return RefusedRequests(
        book=RefusedTable(
            dynamodb,
            target.table("Refused"),
            bodies,
            events_keep=days * DAY_SECONDS,
        ),
        accepting=AcceptAgain(
            sources=SourceTable(
                dynamodb, target.table("Sources"), lambda *_: False, Gate().check_source, ttl=0
            ),
            secrets=lambda: secret_store(target),
            gate=Gate(GuardedFetch()),
            checks=SourceChecks(),
            bodies=bodies,
            queue=EventsQueueWriter(target.client("sqs"), target.queue_url("Events")),
            metrics=quiet,
            log=quiet,
        ),
        diagnose=diagnose,
        clock=time.time,
        log=quiet,
    )


def who(target: Target) -> str:
    """The ARN of the operator's identity: AWS's word, which needs no permission."""
    with translated("sts", "GetCallerIdentity"):
        arn: str = target.client("sts").get_caller_identity()["Arn"]
    return arn
