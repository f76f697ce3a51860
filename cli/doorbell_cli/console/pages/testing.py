"""A test event to one subscription, and what came of it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.trials import DATA, EVENT_TYPE, WhyNot
from doorbell.store.items.models import load_subscription
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.pages.jobs import ask_for_test
from doorbell_cli.console.views.tested import tested
from doorbell_cli.ops.trying import fate, why_not
from doorbell_cli.trial import trial_of

WAIT_SECONDS = 30.0
FIRST: Mapping[WhyNot, str] = {
    WhyNot.DISABLED: "Enable it on its page",
    WhyNot.PAUSED: "Resume it on its page",
    WhyNot.PARKED: "On its page it can be given a clean record",
}


def send(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """As `doorbell test` does: the deployed dispatcher signs and sends it. It is tried once. A call for each
    quarter of a second that it takes. With `how` a job of the stack does it, and has a page."""
    key = (request.path_params["tenant"], request.path_params["name"])
    stored = desk.item(SUBSCRIPTION, *key)
    desk.refuse_broken(SUBSCRIPTION, stored.values)
    subscription = load_subscription(stored.values)
    if why := why_not(desk.target, subscription):
        raise Refusal(409, "not_now", f"{why.said} {FIRST[why.why]} first.")
    if fields.get("how") == "job":
        desk.note(key[0], "test", SUBSCRIPTION.label(stored.values), "as a job")
        return ask_for_test(desk, subscription)
    trial = trial_of(desk.target, subscription, EVENT_TYPE, DATA)
    desk.note(key[0], "test", SUBSCRIPTION.label(stored.values), f"event {trial.event.event_id}")
    delivery = None
    try:
        trial.start()
        delivery = trial.wait(WAIT_SECONDS)
    finally:
        left = fate(trial, delivery, retry=False)
    view = tested(trial.event.event_id, delivery, left)
    return desk.pages.page(
        "tested.html", desk.clock(), tenant=key[0], key=key, url=subscription.url, tested=view
    )
