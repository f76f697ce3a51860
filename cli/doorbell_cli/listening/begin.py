"""A listener's beginning and end: its name, its place in the stack, and what is left when it goes."""

import secrets
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

from doorbell.domain.errors import ConfigError, DoorbellError, Refusal, Unavailable
from doorbell.egress.client import HttpSender
from doorbell.signatures.signing.outgoing import secret_problem
from doorbell.store.items.models import load_subscription
from doorbell_cli.configuration import SUBSCRIPTION, found_in, policy
from doorbell_cli.listening.asked import Wanted
from doorbell_cli.listening.caller import Caller, caller
from doorbell_cli.listening.inbox import POLL_SECONDS, Inbox
from doorbell_cli.listening.keys import heard
from doorbell_cli.listening.loop import Loop
from doorbell_cli.listening.memory import Memory, Taken, folder_of
from doorbell_cli.listening.place import Place
from doorbell_cli.listening.ringer import ANYWHERE, Ringer
from doorbell_cli.listening.screen import Screen
from doorbell_cli.ops.event_ids import whole_event_id
from doorbell_cli.ops.oddities import oddities, tenants_of_sources
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.secret_text import generate
from doorbell_cli.target import Target, said

SPARE_SECONDS = 60
"""For whoever has a message beyond what the application may take."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def listen_to(target: Target, wanted: Wanted) -> None:
    """Until it is interrupted, or `most` were handled. Raises what AWS and the configuration say no with."""
    who = caller(target)
    _refuse_broken(target, who, wanted)
    memory = Memory(folder_of(who.account, who.region, target.name, wanted.tenant_id, wanted.name))
    try:
        with memory.held():
            name, secret = _subscription(memory, wanted), _secret(memory, wanted)
            _listen(target, wanted, memory, Place(target, who, wanted.tenant_id, name, wanted.fields, secret))
    except Taken:
        taken = f"Another `doorbell listen` has the name {wanted.name}. Give this one a --name."
        raise Refusal(409, "name_taken", taken) from None
    except OSError as error:
        raise Refusal(409, "not_kept", f"{memory.folder}: {error.strerror or error}") from None


def _refuse_broken(target: Target, who: Caller, wanted: Wanted) -> None:
    """Before anything is made, here or there."""
    if wanted.secret is not None and (problem := secret_problem("standard", wanted.secret)):
        raise ConfigError(f"listener {wanted.name}", "secret", problem)
    place = Place(target, who, wanted.tenant_id, _name_of(wanted, ""), wanted.fields, "")
    for wrong in found_in(SUBSCRIPTION, place.values(), policy(target)):
        raise wrong


def _listen(target: Target, wanted: Wanted, memory: Memory, place: Place) -> None:
    screen = Screen(wanted.as_json)
    with _ended_by_signals(), closing(HttpSender(ANYWHERE)) as sender:
        resumes = place.is_whole()
        place.take()
        hidden = int(wanted.timeout) + POLL_SECONDS + SPARE_SECONDS
        inbox = Inbox(target.client("sqs"), place.queue_url, hidden)
        rings = Ringer(place, wanted.url, wanted.timeout, sender)
        loop = Loop(place, inbox, memory, rings, screen, retries=wanted.retries, most=wanted.most)
        try:
            _greet(screen, wanted, place, memory, resumes)
            _warn(target, screen, place)
            _ring_old_ones(target, screen, wanted, place)
            with heard({"r": loop.repeat}) as screen.keys:
                if screen.shows and not screen.keys:
                    screen.note("Keys are off: stdin is not this terminal.")
                loop.run()
        except KeyboardInterrupt:
            pass
        finally:
            screen.over()
        try:
            _go(screen, wanted, memory, place)
        except Unavailable as error:
            screen.note(f"Not all of it could be removed ({said(error)}): the stack does it after a day.")


def _greet(screen: Screen, wanted: Wanted, place: Place, memory: Memory, resumes: bool) -> None:
    waiting = place.waiting() if resumes else 0
    again = f", again: about {waiting} waited" if resumes else ""
    screen.note(f"{place.tenant_id}/{place.subscription_id} → {wanted.url}{again}")
    if wanted.secret is None:
        screen.note(f"Signing secret, the same each time for this name: {place.secret}")
    screen.note(f"Answers are kept in {memory.folder}/answers.jsonl")
    if not resumes:
        screen.note("Events that come from about ten seconds on are rung.")


def _warn(target: Target, screen: Screen, place: Place) -> None:
    """As of any subscription: else nobody learns why nothing comes."""
    values = place.values()
    subscription, globs = load_subscription(values), values.get("event_types")
    for field, problem in oddities(subscription, globs, tenants_of_sources(target)):
        screen.note(f"warning: {field}: {problem}")


def _ring_old_ones(target: Target, screen: Screen, wanted: Wanted, place: Place) -> None:
    for text in wanted.events:
        try:
            event_id, replayer = whole_event_id(target, text, place.tenant_id), Replayer(target)
            found = replayer.inspect().page(event_id, None, 1).event.incoming.tenant_id
            if found != place.tenant_id:
                other = f"{event_id} belongs to tenant {found}: add --tenant {found}."
                raise Refusal(404, "unknown_event", other)
            replayer.one()(event_id, place.subscription_id)
        except Refusal as error:
            screen.note(f"--from {text}: {error.detail}")
        except DoorbellError as error:
            screen.note(f"--from {text}: {error}")


def _go(screen: Screen, wanted: Wanted, memory: Memory, place: Place) -> None:
    waiting = place.waiting()
    if wanted.stays:
        place.seen()
        screen.note(f"What comes waits for a day, for the next `listen` of this name: {waiting} so far.")
        return
    place.leave()
    memory.forget()
    screen.note("Queue and subscription are removed.")
    if waiting:
        screen.note(
            f"About {waiting} that waited went with the queue: doorbell events list, and --from EVENT."
        )


def _subscription(memory: Memory, wanted: Wanted) -> str:
    """That of before, if it did not end; a new name else: a queue's name rests for a minute when it was
    deleted."""
    known = memory.known()
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(4))
    found = known.get("subscription_id") or _name_of(wanted, drawn)
    memory.know({**known, "subscription_id": found})
    return found


def _name_of(wanted: Wanted, drawn: str) -> str:
    return f"listen-{wanted.name}-{drawn}"


def _secret(memory: Memory, wanted: Wanted) -> str:
    if wanted.secret is not None:
        return wanted.secret
    known = memory.known()
    secret = known.get("secret") or generate("standard")[0]
    memory.know({**known, "secret": secret})
    return secret


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A polite end by SIGTERM is one like Ctrl-C. A terminal that goes away leaves everything for a day."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
