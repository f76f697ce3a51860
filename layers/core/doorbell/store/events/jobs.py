"""Jobs on record; `job_items` says how and at what price."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.domain.jobs import Job, JobKey, JobsPage
from doorbell.store.deliveries.due_jobs import due_call
from doorbell.store.dynamodb import batch_get, query
from doorbell.store.dynamodb.tables import is_gone, marshal, unmarshal
from doorbell.store.events.event_log import INDEX
from doorbell.store.events.job_items import (
    SK,
    job_from,
    job_values,
    parse_work_key,
    work_key,
    works_partition,
)

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class DueJobIndex:
    client: Any
    table: str

    def due(self, now: float) -> Iterator[JobKey]:
        for values in query.items(self.client, due_call(self.table, now, PAGE_SIZE)):
            yield parse_work_key(values["event_id"])


@dataclass(frozen=True, slots=True)
class JobTable:
    client: Any
    table: str
    clock: Callable[[], float]

    def load(self, key: JobKey) -> Job | None:
        wanted = [marshal(work_key(key))]
        for values in batch_get.items(self.client, self.table, wanted, ConsistentRead=True):
            if self._is_there(values):
                return job_from(values)
        return None

    def save(self, job: Job) -> bool:
        item = marshal(job_values(job))
        call: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(sk)"}
        if job.version > 1:
            seen = marshal({":seen": job.version - 1})
            call = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": seen}
        with translated("dynamodb", "PutItem"):
            try:
                self.client.put_item(
                    TableName=self.table, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **call
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
                return bool(item_of(error) == item)  # repeated by the client after it took effect
        return True

    def page(self, tenant_id: str, after: tuple[float, str] | None, limit: int) -> JobsPage:
        """Two calls. Those that are no longer kept are left out: a page may be short, and not the last."""
        partition = works_partition(tenant_id)
        call: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "tenant_day = :jobs",
            "ExpressionAttributeValues": marshal({":jobs": partition}),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is not None:
            at, job_id = after
            place = {**work_key(JobKey(tenant_id, job_id)), "tenant_day": partition, "created_at": at}
            call["ExclusiveStartKey"] = marshal(place)
        rows, last = query.page(self.client, call)
        keys = [{"event_id": row["event_id"], "sk": {"S": SK}} for row in rows]
        found = batch_get.items(self.client, self.table, keys, ConsistentRead=True)
        kept = [job_from(values) for values in found if self._is_there(values)]
        return JobsPage(tuple(sorted(kept, key=_newest_first)), None if last is None else _place(last))

    def _is_there(self, values: Mapping[str, Any]) -> bool:
        return not is_gone(values, self.clock())


def _newest_first(job: Job) -> tuple[float, str]:
    return -job.asked_at, job.work.job_id


def _place(last: dict[str, Any]) -> tuple[float, str]:
    values = unmarshal(last)
    return float(values["created_at"]), parse_work_key(values["event_id"]).job_id
