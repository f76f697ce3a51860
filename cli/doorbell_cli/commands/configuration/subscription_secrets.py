"""The secrets of a subscription that is written: a new one, one that is given, or those that are named."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import DoorbellError
from doorbell.domain.presets import signing_of
from doorbell_cli.commands.configuration.flags import secret_from_stdin
from doorbell_cli.commands.configuration.items import told, write
from doorbell_cli.commands.configuration.put import keep_secret
from doorbell_cli.configuration import SUBSCRIPTION, secret_store
from doorbell_cli.ops.receivers import unreadable
from doorbell_cli.output import Output
from doorbell_cli.secret_text import generate
from doorbell_cli.target import Target


def write_with_secret(
    out: Output, target: Target, values: dict[str, Any], secret_stdin: bool, named: bool
) -> None:
    signing = signing_of(values)
    shown: dict[str, str] = {}
    given = _read(target, values) if named else ()
    if secret_stdin:
        given = (keep_secret(target, SUBSCRIPTION, values, secret_from_stdin),)
    elif not values.get("secrets") and signing != "none":
        secret, text, title = generate(signing)
        keep_secret(target, SUBSCRIPTION, values, lambda: secret)
        shown = {title.replace(" ", "_"): text}
    told(out, write(target, SUBSCRIPTION, values), **shown)
    for one in given:
        warn_of_secret(out, values, one)
    for title, text in shown.items():
        out.say(f"  {title.replace('_', ' ')} for the subscriber, shown only this once: {text}")


def _read(target: Target, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The secrets that it refers to, if they can be read here; `doorbell check` tells the rest."""
    try:
        return secret_store(target).resolve(values["secrets"], owner=SUBSCRIPTION.owner(values))
    except DoorbellError:
        return ()


def warn_of_secret(out: Output, values: Mapping[str, Any], secret: str) -> None:
    """`secret` as it was given or is kept."""
    for problem in unreadable(signing_of(values), secret):
        out.note(f"warning: {SUBSCRIPTION.label(values)}: secret: {problem}")
