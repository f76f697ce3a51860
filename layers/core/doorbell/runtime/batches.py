"""SQS batches: records side by side, and which of them must come again.

`BatchItemFailures` are for Doorbell's own faults; a subscriber's refusal is a record well handled.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doorbell.runtime import wiring

AT_ONCE = 100
"""Records of a batch at the most; there are as many threads as ever had to do at once."""

type Record = dict[str, Any]
type Handle = Callable[[Record], bool]
"""Whether it is done."""

_pool = ThreadPoolExecutor(AT_ONCE)


def each_record(event: Mapping[str, Any], handle: Callable[[Record], None]) -> dict[str, Any]:
    """Handle all records; the answer names those that failed, and one bad record harms no other."""

    def done(record: Record) -> bool:
        handle(record)
        return True

    return in_rounds(event, [done])


def in_rounds(
    event: Mapping[str, Any], rounds: Sequence[Handle], after_each: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """The same, where a round leaves some to the next: those that it returns False for."""
    records, failed = event["Records"], list[str]()
    for handle in rounds:
        done = list(_pool.map(_guarded(handle), records))
        failed += [record["messageId"] for record, how in zip(records, done, strict=True) if how is None]
        records = [record for record, how in zip(records, done, strict=True) if how is False]
        after_each()
        if not records:
            break
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _guarded(handle: Handle) -> Callable[[Record], bool | None]:
    """None where it failed."""

    def guarded(record: Record) -> bool | None:
        try:
            return handle(record)
        except Exception as error:
            wiring.metrics().count("RecordFailed", error=type(error).__name__)
            wiring.logger().exception("record_failed", message_id=record.get("messageId"))
            return None
        finally:
            wiring.logger().thread_safe_clear_keys()

    return guarded


def side_by_side[T](handle: Callable[[T], None], many: Iterable[T]) -> Iterator[None]:
    return _pool.map(handle, many)


def about(event_id: str) -> None:
    """What this thread logs until its record's end is of this event."""
    wiring.logger().thread_safe_append_keys(correlation_id=event_id)


def received_before(record: Mapping[str, Any]) -> bool:
    """Whether SQS has handed this message out before."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", "1")) > 1
