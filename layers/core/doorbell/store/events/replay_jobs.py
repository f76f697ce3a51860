"""Replay jobs in the Events table, and the deliveries they make.

Key `event_id = "job#<id>"`, `sk = "job"`; attributes as in `domain.replays.ReplayJob`, the selection flat.
Listed by the event log's index under a partition of its own, `tenant_day = "#jobs#<tenant>"`, which no
tenant's day can be. About 0.7 KiB; kept for a month (`expires_at`). A delivery made by a job carries
`replay_job`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.replays import Kept, ReplayJob, Selection
from doorbell.store.deliveries.delivery_items import delivery_key, delivery_values, parse_key
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.put_new import put_new
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal, unmarshal
from doorbell.store.events.event_log import INDEX

JOB_SK = "job"
KEPT_SECONDS = 31 * 86_400
SIDE_BY_SIDE = 8
_OF_KEPT = {
    "ProjectionExpression": "event_id, sk, #state, expires_at, replay_job, event_type",
    "ExpressionAttributeNames": {"#state": "state"},
}


def job_key(job_id: str) -> dict[str, Any]:
    return {"event_id": f"job#{job_id}", "sk": JOB_SK}


def jobs_partition(tenant_id: str) -> str:
    return f"#jobs#{tenant_id}"


@dataclass(frozen=True, slots=True)
class ReplayTable:
    """`client` is a DynamoDB client, `table` the Events table's name, `shards` those of the due index."""

    client: Any
    table: str
    shards: int
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))
    clock: Callable[[], float] = time.time

    def save(self, job: ReplayJob) -> bool:
        as_seen = "version = :seen" if job.version > 1 else "attribute_not_exists(sk)"
        call: dict[str, Any] = {"TableName": self.table, "Item": marshal(_values(job))}
        if job.version > 1:
            call["ExpressionAttributeValues"] = marshal({":seen": job.version - 1})
        with translated("dynamodb", "PutItem"):
            try:
                self.client.put_item(
                    **call, ConditionExpression=as_seen, ReturnValuesOnConditionCheckFailure="ALL_OLD"
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
                return bool(item_of(error) == call["Item"])  # repeated by the client after it took effect
        return True

    def load(self, job_id: str) -> ReplayJob | None:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table, Key=marshal(job_key(job_id)), ConsistentRead=True
            )
        values = unmarshal(answer.get("Item", {}))
        return None if is_gone(values, self.clock()) else _job(values)

    def jobs(self, tenant_id: str) -> Iterator[ReplayJob]:
        """Newest first: a Query, and a call for each hundred."""
        with translated("dynamodb", "Query"):
            page = self.client.query(
                TableName=self.table,
                IndexName=INDEX,
                KeyConditionExpression="tenant_day = :jobs",
                ExpressionAttributeValues=marshal({":jobs": jobs_partition(tenant_id)}),
                ScanIndexForward=False,
            )
        for some in batched(page["Items"], batch_get.GET_BATCH, strict=False):
            keys = [{"event_id": item["event_id"], "sk": {"S": JOB_SK}} for item in some]
            found = batch_get.items(self.client, self.table, keys)
            jobs = (_job(values) for values in found if not is_gone(values, self.clock()))
            yield from sorted(jobs, key=lambda job: -job.selection.until)

    def create(self, deliveries: Sequence[Delivery], job_id: str) -> Sequence[Kept | None]:
        return list(self.pool.map(lambda delivery: self._create(delivery, job_id), deliveries))

    def _create(self, delivery: Delivery, job_id: str) -> Kept | None:
        values = {**delivery_values(delivery, self.shards), "replay_job": job_id}
        there = put_new(self.client, self.table, values, min(delivery.created_at, self.clock()))
        return None if there is None else _kept(there)

    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]:
        wanted = [marshal(delivery_key(key)) for key in dict.fromkeys(keys)]
        found = batch_get.items(self.client, self.table, wanted, **_OF_KEPT)
        return {parse_key(values["event_id"], values["sk"]): _kept(values) for values in found}


def _kept(values: Mapping[str, Any]) -> Kept:
    made_by, event_type = values.get("replay_job"), values.get("event_type")
    return Kept(values.get("state", ""), values.get(TTL_ATTRIBUTE, 0), made_by, event_type)


def _values(job: ReplayJob) -> dict[str, Any]:
    selection = asdict(job.selection)
    return {
        **job_key(job.job_id),
        **{name: value for name, value in selection.items() if name != "subscription_id"},
        "subscription": job.selection.subscription_id,  # not the name of the index's key
        "per_second": job.per_second,
        "started_at": job.started_at,
        "cursor": dict(job.cursor) if job.cursor is not None else None,
        "position": job.position,
        "created": job.created,
        "skipped": dict(job.skipped),
        "finished_at": job.finished_at,
        "version": job.version,
        "tenant_day": jobs_partition(job.selection.tenant_id),
        "created_at": job.selection.until,
        TTL_ATTRIBUTE: int(job.selection.until) + KEPT_SECONDS,
    }


def _job(values: Mapping[str, Any]) -> ReplayJob:
    return ReplayJob(
        job_id=values["event_id"].removeprefix("job#"),
        selection=Selection(
            values["tenant_id"],
            values["subscription"],
            values["since"],
            values["until"],
            tuple(values["states"]),
        ),
        per_second=values["per_second"],
        started_at=values["started_at"],
        cursor=values.get("cursor"),
        position=values["position"],
        created=values["created"],
        skipped=values["skipped"],
        finished_at=values.get("finished_at"),
        version=values["version"],
    )
