"""The sender of a batch: what goes to one target for one subscription in the same moment goes in one call.

Each has its own outcome. What a call was refused for may be the fault of one entry: then nothing of it was
taken, and each is sent by itself. So is what a policy lets through one by one alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of
from doorbell.domain.company import Company
from doorbell.domain.outbound import Outcome
from doorbell.domain.targets import TargetRequest
from doorbell.targets import answers
from doorbell.targets.answers import Answer
from doorbell.targets.batch_calls import BATCH_CALLS, BatchCall, Entry
from doorbell.targets.sender import ENDED, Going, TargetSender
from doorbell.targets.service import DENIED, GONE, THROTTLED, TOO_LARGE

SOON_MS: Final = 500
"""Refused later than that, there is no time for another call before the claims end."""
CONNECTION_LOST: Final = "connection_lost"


class _OneByOneError(Exception):
    """The call was refused, and may not be for each of its entries alone."""


@dataclass(frozen=True, slots=True)
class SharedSender:
    """Of one batch: `company` knows who else of it is on the way. Never raises, as `TargetSender`."""

    alone: TargetSender
    company: Company

    def send(self, request: TargetRequest) -> Outcome:
        going = self.alone.ready(request)
        if isinstance(going, Outcome):
            return going
        batch = BATCH_CALLS.get(going.service.name)
        if batch is None or going.size > min(batch.room.size, going.service.most_bytes):
            return self.alone.sent(going)
        key = (going.whose, going.arn, going.way)
        shared = self.company.share(key, going, going.size, batch.room, partial(self._carried, batch))
        return self.alone.sent(going) if shared is None else shared

    def _carried(self, batch: BatchCall, many: Sequence[Going]) -> Sequence[Outcome | None]:
        """In their order; None of one that is to be sent by itself."""
        if len(many) == 1:
            return [None]
        started = self.alone.clock()
        first = many[0]
        service = replace(first.service, operation=batch.operation, action=batch.action)
        whole = replace(first, service=service, size=sum(one.size for one in many))

        def call(client: Any) -> Mapping[str, Any]:
            try:
                return batch.call(client, [one.parameters for one in many])
            except ClientError as error:
                if self.alone.since(started) <= SOON_MS and _may_be_one_entry_s(error, batch, first):
                    raise _OneByOneError from error
                raise

        try:
            found = self.alone.asked(whole, call)
        except _OneByOneError:
            return [None] * len(many)
        took = self.alone.since(started)
        if isinstance(found, Answer):
            return _told_once([found.outcome(service, took)] * len(many))
        about = found.get("ResponseMetadata", {})
        entries = batch.entries(found, len(many))
        each = (
            _answer(replace(one, service=service), entry, about)
            for one, entry in zip(many, entries, strict=True)
        )
        has_time = took <= SOON_MS
        return _told_once(
            [
                None if answer.status == TOO_LARGE and has_time else answer.outcome(service, took)
                for answer in each
            ]
        )


def _told_once(outcomes: Sequence[Outcome | None]) -> Sequence[Outcome | None]:
    """One failure of a service is not ten of its target: the same, of one call, is told by the first."""
    told, found = set[tuple[int | None, str | None]](), list[Outcome | None]()
    for one in outcomes:
        if one is None or one.is_success:
            found.append(one)
            continue
        kind = one.status, one.error
        found.append(replace(one, is_told=True) if kind in told else one)
        told.add(kind)
    return found


def _answer(going: Going, entry: Entry | None, about: Mapping[str, Any]) -> Answer:
    service = going.service
    if entry is None:
        return Answer(None, CONNECTION_LOST, f"{service.name}:{service.operation}: no answer for this entry")
    if entry.code is None:
        return Answer(entry.status, told={"request_id": about.get("RequestId"), "id": entry.id})
    said = {"ResponseMetadata": {**about, "HTTPStatusCode": entry.status}}
    return answers.refusal(service, going.arn, going.way, said, going.size, entry.code, entry.message)


def _may_be_one_entry_s(error: ClientError, batch: BatchCall, going: Going) -> bool:
    """Not what is so of the target, of whoever asks or of the moment. Denied may be the batch alone, where it
    is another action."""
    if code_of(error) in ENDED:
        return False
    status = answers.failed(going.service, going.arn, going.way, error, going.size).status or 0
    if status == DENIED:
        return batch.action != going.service.action
    return 400 <= status <= 499 and status not in (GONE, THROTTLED)
