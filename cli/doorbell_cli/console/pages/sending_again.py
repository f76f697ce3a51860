"""An event sent again: to one subscription, or to all of them, with the plan first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.ops.replay_all import MOST, Again, LeftOut, last_of, planned, replay_each, wanted
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.replaying import require_enabled

_CHOSEN = re.compile(r"([^/ ]+)/(\d{1,6})")


@dataclass(slots=True)
class Plan:
    """To whom, as they are found. `left_out` and `count` are known when all have been."""

    replayer: Replayer
    event_id: str
    everybody: bool
    left_out: list[LeftOut] = field(default_factory=list)
    chosen: list[Again] = field(default_factory=list)
    more: int = 0

    def __iter__(self) -> Iterator[Again]:
        """Two calls, and one for each of the first `MOST`."""
        those = wanted(last_of(self.replayer.inspect()(self.event_id)), self.everybody)
        self.more = len(those[MOST:])
        for one in planned(self.replayer, islice(those, MOST)):
            if isinstance(one, LeftOut):
                self.left_out.append(one)
            else:
                self.chosen.append(one)
                yield one

    @property
    def as_field(self) -> str:
        """What the form sends: each with the generation that it would be."""
        return " ".join(f"{one.subscription_id}/{one.generation}" for one in self.chosen)


def ask_all(desk: Desk, request: Request) -> Response:
    """The plan, behind the page's head."""
    event_id, everybody = request.path_params["event_id"], request.query_params.get("to") == "all"
    plan = Plan(Replayer(desk.target), event_id, everybody)
    return desk.pages.streamed(
        "replay_event.html", desk.clock(), tenant=tenant_of(request), event_id=event_id, plan=plan
    )


def one(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """To one subscription."""
    event_id, name = request.path_params["event_id"], fields.get("subscription_id", "")
    replayer = Replayer(desk.target)
    tenant_id = replayer.inspect().page(event_id, None, 1).event.incoming.tenant_id
    require_enabled(replayer, tenant_id, name)
    desk.note(tenant_id, "replay", f"event {event_id}", f"to {name}")
    replayer.one()(event_id, name)
    return RedirectResponse(f"/events/{event_id}", 303)


def every(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """To those whom the plan named, and to nobody whom somebody has sent it since."""
    event_id, chosen = request.path_params["event_id"], _chosen(fields.get("plan", ""))
    replayer = Replayer(desk.target)
    tenant_id = replayer.inspect().page(event_id, None, 1).event.incoming.tenant_id
    for name in chosen:
        require_enabled(replayer, tenant_id, name)
    desk.note(tenant_id, "replay", f"event {event_id}", f"to {len(chosen)}: {', '.join(chosen)}")
    sent, left = replay_each(replayer, event_id, chosen)
    return desk.pages.page(
        "replayed.html", desk.clock(), tenant=tenant_id, event_id=event_id, sent=sent, left_out=left
    )


def _chosen(text: str) -> Mapping[str, int]:
    """Refuses (422) what no plan of ours sent."""
    found = {name: int(number) for name, number in _CHOSEN.findall(text) if ID.fullmatch(name)}
    if not found or len(found) > MOST or len(found) != len(text.split()):
        raise Refusal(422, "bad_form", "This form is not of a plan. Show the plan again.")
    return found
