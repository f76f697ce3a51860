"""An event sent again: to one subscription, or to all of them, with the plan first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.ops.replay_all import MOST, Again, LeftOut, planned, replay_each, wanted
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.replaying import require_enabled

_CHOSEN = re.compile(r"([^/ ]+)/(\d{1,6})")


@dataclass(slots=True)
class Plan:
    """To whom, as they are found. `left_out` and `following`, where those begin who are not in it, are known
    when all have been."""

    replayer: Replayer
    event_id: str
    everybody: bool
    after: str | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    chosen: list[Again] = field(default_factory=list)
    following: str | None = None

    def __iter__(self) -> Iterator[Again]:
        """Four calls, and one for each of at most `MOST`."""
        those = wanted(self.replayer.inspect(), self.event_id, self.after, self.everybody)
        self.following = those.after
        for one in planned(self.replayer, those.deliveries):
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
    event_id, asked = request.path_params["event_id"], request.query_params
    plan = Plan(Replayer(desk.target), event_id, asked.get("to") == "all", asked.get("after") or None)
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
