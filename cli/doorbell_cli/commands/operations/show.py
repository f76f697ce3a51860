"""`doorbell show`: whatever an id stands for."""

from typing import Annotated

import typer

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin_api import delivery_json, story_json
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.usecases.inspect import Story
from doorbell_cli.ops.event_ids import LOOK_BACK_DAYS, NEWEST, is_whole, whole_event_id
from doorbell_cli.ops.reading import inspect
from doorbell_cli.ops.stories import say_delivery, say_story
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.output import Exit, JsonOption, Output, fail
from doorbell_cli.target import StackOption, Target, connected

EVENT = "evt_"


class Told(Output):
    """`what` is said above what is shown; with --json what is shown stands in a document that says it."""

    def __init__(self, as_json: bool, what: str, command: str) -> None:
        super().__init__(as_json)
        self._what, self._command = what, command

    def head(self, text: str, described: str) -> None:
        self.say(f"{text} is {described}. The same: doorbell {self._command}", "dim")
        self.say()

    def document(self, value: object) -> None:
        super().document({"is": self._what, "command": self._command, "shown": value})


def show(
    text: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="evt_… or its beginning, evt_…/SUBSCRIPTION, a provider's delivery id, TENANT/SUBSCRIPTION, "
            "a subscription, a source.",
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="It is a delivery id of this source, which has that from its provider.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="The tenant.")] = DEFAULT,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whatever an id stands for: an event, a delivery, a subscription, a source.

    A provider's delivery id is what the source tells a repetition by: the header, the field of the body or
    the joined parts that `doorbell providers show NAME` names, several joined with "|". Without --source it
    is looked for with the first 24 sources of the tenant.

    Costs at most 10 AWS calls. The beginning of an event's id costs at most 60: it is looked for among the
    tenant's newest 1,000 events of the last 7 days. A story of several megabytes takes a call for each.
    """
    if not text.strip():
        fail("The id is empty.", Exit.USAGE)
    event_id, slash, subscription = text.partition("/")
    may_be_an_event = source is None and text.startswith(EVENT)
    with connected(stack) as target:
        if may_be_an_event and slash:
            _show_delivery(_story(target, event_id, tenant), subscription, text, as_json)
        elif may_be_an_event and is_whole(text):
            _show_event(_story(target, text, tenant), text, "an event", as_json)
        else:
            _show_other(target, text, tenant, source, as_json)


def _story(target: Target, event_id: str, tenant: str, nothing_else: str = "") -> Story:
    """Of an event that is named by its id, or the beginning of it. `nothing_else`: what it is not, either."""
    try:
        return inspect(target)(whole_event_id(target, event_id, tenant))
    except Refusal as refusal:
        if refusal.status != 404:
            raise
    look = f"No event is {event_id}, or it has expired."
    if not is_whole(event_id):
        look += (
            f" None of the newest {NEWEST:,} that {tenant} had in the last {LOOK_BACK_DAYS} days begins so."
        )
    raise Refusal(404, "unknown_event", f"{nothing_else} {look}".strip())


def _show_event(story: Story, text: str, described: str, as_json: bool) -> None:
    out = Told(as_json, "event", f"events show {story.event.event_id}")
    out.head(text, described)
    if as_json:
        out.document(story_json(story))
    else:
        say_story(out, story)


def _show_delivery(story: Story, subscription: str, text: str, as_json: bool) -> None:
    """With its replays, or the one replay that the key names."""
    key = parse_key(story.event.event_id, subscription)
    named = [d for d in story.deliveries if d.key.subscription_id == key.subscription_id]
    found = [d for d in named if d.key == key] if key.generation else named
    if not found:
        raise Refusal(
            404, "unknown_delivery", f"The event {key.event_id} is there, but has no delivery {text}."
        )
    out = Told(as_json, "delivery", f"deliveries show {key.event_id} {key.subscription_id}")
    out.head(text, "a delivery")
    if as_json:
        out.document([delivery_json(delivery) for delivery in found])
        return
    for delivery in found:
        say_delivery(out, delivery)


def _show_other(target: Target, text: str, tenant: str, source: str | None, as_json: bool) -> None:
    from doorbell.usecases.find import What
    from doorbell_cli.commands.configuration.items import existing  # the items' models: slow to import
    from doorbell_cli.commands.configuration.views import say_item
    from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
    from doorbell_cli.ops.finding import command, described, the_one

    try:
        found = the_one(target, text, tenant, source)
    except Refusal as nothing:
        if source is not None or not text.startswith(EVENT) or nothing.status != 404:
            raise
        # Last, as it costs most: other people's ids begin with evt_ too, Stripe's among them.
        _show_event(_story(target, text, tenant, nothing.detail), text, "an event", as_json)
        return
    if found.what is What.EVENT:
        _show_event(inspect(target)(found.key[0]), text, described(found), as_json)
        return
    kind = SUBSCRIPTION if found.what is What.SUBSCRIPTION else SOURCE
    out = Told(as_json, found.what.value, command(found))
    out.head(text, described(found))
    say_item(target, out, kind, existing(target, kind, "/".join(found.key)))
