"""Operational events on EventBridge: source `doorbell`, detail type such as `subscription.disabled`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True, slots=True)
class EventBusNotices:
    """`on_lost` hears of a notice that could not be sent: it is told to people, not relied on."""

    client: Any
    bus: str
    on_lost: Callable[[str, str], None]

    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        entry = {
            "Source": "doorbell",
            "DetailType": kind,
            "Detail": json.dumps(detail),
            "EventBusName": self.bus,
        }
        try:
            answer = self.client.put_events(Entries=[entry])
        except (ClientError, BotoCoreError) as error:
            self.on_lost(kind, type(error).__name__)
            return
        if answer.get("FailedEntryCount"):
            self.on_lost(kind, str(answer["Entries"][0].get("ErrorCode")))
