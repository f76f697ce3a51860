"""What making a source and making a subscription have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.domain.reserved import reserved
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import Change
from doorbell_cli.configuration import SOURCE, Kind, problem_with_secret, storable
from doorbell_cli.console.desk import Desk
from doorbell_cli.ops.spelled import Spelled, spelled
from doorbell_cli.secret_text import PREFIX, store_new


def problems_of(desk: Desk, kind: Kind, values: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Field and what is wrong with it; of a new item, so that names that are taken are wrong too."""
    taken = reserved(values) if kind is SOURCE else None
    return [*desk.problems(kind, values), *([taken] if taken is not None else ())]


def created(
    desk: Desk, kind: Kind, values: Mapping[str, Any], secrets: Sequence[str], tenant: str
) -> Mapping[str, Any]:
    """On record, its secrets stored, then written; the item. Refuses (422) what could not be used, and (409)
    where there is one of its name: nothing is stored then."""
    item = {**values, **({"secrets": [later(kind, values)] * len(secrets)} if secrets else {})}
    wrong = problems_of(desk, kind, item)
    wrong = [*wrong, *(("secret", why) for one in secrets if (why := problem_with_secret(kind, item, one)))]
    if wrong:
        raise Refusal(422, "broken", "; ".join(f"{field}: {problem}" for field, problem in wrong))
    label = kind.label(values)
    if kind.table(desk.target).get(*kind.key_of(values)) is not None:
        raise Refusal(409, "taken", f"There is a {label} already. Choose another name.")
    desk.note(tenant, "create", label)
    stored = [store_new(desk.target, kind.name, kind.owner(values), one) for one in secrets]
    change = Change("create", kind, storable(kind, {**item, **({"secrets": stored} if stored else {})}))
    carry_out(desk.target, change)
    return change.values


def later(kind: Kind, values: Mapping[str, Any]) -> str:
    """Where its secret may be kept, before it is."""
    return f"ssm:{PREFIX}{kind.name}s/{'/'.join(kind.key_of(values))}"


def spelled_before(desk: Desk, kind: Kind, values: Mapping[str, Any], secrets: int) -> Spelled:
    """As `created` would write it, with `later` for each secret."""
    item = {**values, **({"secrets": [later(kind, values)] * secrets} if secrets else {})}
    return spelled(kind, item, desk.target.table(kind.output), new_secret=True)


def parts(text: str) -> list[str]:
    """A list as it is written in a field: with commas between."""
    return [part.strip() for part in text.split(",") if part.strip()]
