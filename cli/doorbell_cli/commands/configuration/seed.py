"""What `doorbell local up --seed FILE` writes into a stack that has just come up."""

import hashlib
from collections.abc import Sequence
from typing import Any

import typer

from doorbell.domain.presets import signing_of
from doorbell.signatures.source_check import secret_problem
from doorbell_cli.commands.configuration.apply import refuse_invalid
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import plan
from doorbell_cli.configfile import Entry
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.secret_text import generate, references_in
from doorbell_cli.target import Target

FORMS = ("text", "standard")
"""Forms of secrets that may fit a provider: hex digits, base64. A public key cannot be made up."""


def sow(target: Target, entries: Sequence[Entry]) -> None:
    """Write the items and the secrets that they refer to. Each secret is made from its name, so that it is
    the same at the next start; it is said, because whoever rings or verifies needs it."""
    refuse_invalid(target, entries)
    made: dict[str, str] = {}
    for entry in entries:
        for reference in references_in(entry.values):
            if reference.startswith("ssm:") and reference not in made:
                made[reference] = _secret(reference, entry)
    for reference, secret in made.items():
        name = reference.removeprefix("ssm:").partition(":")[0]
        target.client("ssm").put_parameter(Name=name, Value=secret, Type="SecureString", Overwrite=True)
    for change in plan(target, entries, prune=False):
        carry_out(target, change)
        typer.echo(f"  seeded {change.label}", err=True)
    for reference, secret in made.items():
        typer.echo(f"  {reference} = {secret}", err=True)


def _secret(reference: str, entry: Entry) -> str:
    values: dict[str, Any] = entry.values
    drawn = hashlib.sha256(f"doorbell local {reference}".encode()).digest()
    if reference not in values.get("secrets", ()):
        return generate("text", drawn)[0]
    if entry.kind is SUBSCRIPTION:
        return generate(signing_of(values), drawn)[0]
    some = [generate(form, drawn)[0] for form in FORMS]
    fits = [s for s in some if not secret_problem(str(values["provider"]), values.get("scheme"), s)]
    return fits[0] if fits else some[0]
