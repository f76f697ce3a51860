"""A provider that was chosen: what its source has to say, and what to paste where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.signatures.catalogue.entry import Entry
from doorbell_cli.console.views import own_scheme
from doorbell_cli.console.views.field import Field
from doorbell_cli.providers.texts import THIRD_PARTY, needs, proof, wants_two_secrets

OPTION, DECLARED = "options.", "declared"
LABELS = {
    "public_url": "Its URL as the provider knows it (the signature covers it)",
    "verify_token_ref": "Reference to the handshake's token, such as ssm:/doorbell/token",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """`secrets`: how many it needs. `declared`: its fields make a scheme of its own."""

    name: str
    title: str
    docs: str
    setup: str
    proof: str
    doubt: str
    secret: str
    secrets: int
    fields: Sequence[Field]
    declared: bool = False


def choice(entry: Entry) -> Choice:
    wanted = needs(entry)
    own = [Field(name, label, name in wanted) for name, label in LABELS.items() if name in wanted]
    options = [
        Field(f"{OPTION}{name}", f"{name}: {option.meaning}", option.required, option.default)
        for name, option in entry.options.items()
    ]
    declared = entry.special == DECLARED
    return Choice(
        entry.name,
        entry.title,
        entry.docs,
        entry.setup,
        proof(entry),
        THIRD_PARTY if entry.proof == "third-party" else "",
        entry.secret,
        (2 if wants_two_secrets(entry) else 1) if entry.needs_secret else 0,
        [*own, *options, *(own_scheme.FIELDS if declared else ())],
        declared,
    )


def missing(chosen: Choice, given: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Each field that the provider needs and that is empty, and why."""
    needed = (field for field in chosen.fields if field.required)
    why = f"{chosen.title} needs it"
    return [(field.name, why) for field in needed if not given.get(field.name, "").strip()]


def fields_of(chosen: Choice, given: Mapping[str, str]) -> Mapping[str, Any]:
    """Of the item, as they were typed; what is empty is left out."""
    if chosen.declared:
        return own_scheme.fields_of(given)
    typed = {field.name: text for field in chosen.fields if (text := given.get(field.name, "").strip())}
    options = {name.removeprefix(OPTION): text for name, text in typed.items() if name.startswith(OPTION)}
    own = {name: text for name, text in typed.items() if not name.startswith(OPTION)}
    return {**own, **({"options": options} if options else {})}
