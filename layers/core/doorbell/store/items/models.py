"""Sources and subscriptions as people write them: by hand, IaC, the CLI or the admin API. One model each.

pydantic is imported here and in `items_*` only; ingest imports this module when it meets its first source.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import Subscription
from doorbell.store.items.errors import config_errors, item_name
from doorbell.store.items.source import SourceItem
from doorbell.store.items.subscription import SubscriptionItem

__all__ = [
    "Checks",
    "Model",
    "SourceItem",
    "SubscriptionItem",
    "load_source",
    "load_subscription",
    "problems",
    "problems_of",
]

type Check = Callable[[str], str | None]
type Model = type[SourceItem] | type[SubscriptionItem]


@dataclass(frozen=True, slots=True)
class Checks:
    """What others know and the items' own model cannot: each says what is wrong, or None.

    `url` for where Doorbell will connect to (the egress guard), `expression` for filters and transforms,
    `target` for an ARN, a tenant, a subscription and a role, `source` for what a provider needs (raises
    `ConfigError`).
    """

    url: Check | None = None
    expression: Check | None = None
    source: Callable[[Source], None] | None = None
    target: Callable[[str, str, str, str | None], str | None] | None = None


NONE = Checks()


def load_source(item: Mapping[str, Any], checks: Checks = NONE) -> Source:
    """Raises `ConfigError` for the first problem."""
    source = _validated(SourceItem, item).to_domain()
    for error in _source_problems(source, checks):
        raise error
    return source


def load_subscription(item: Mapping[str, Any], checks: Checks = NONE) -> Subscription:
    """Raises `ConfigError` for the first problem."""
    subscription = _validated(SubscriptionItem, item).to_domain()
    for error in _subscription_problems(subscription, item, checks):
        raise error
    return subscription


def problems(item: Mapping[str, Any], checks: Checks = NONE) -> list[ConfigError]:
    """Everything that is wrong with an item; what has a `subscription_id`, a `url` or a `target` is a
    subscription."""
    is_subscription = any(name in item for name in ("subscription_id", "url", "target"))
    return problems_of(SubscriptionItem if is_subscription else SourceItem, item, checks)


def problems_of(model: Model, item: Mapping[str, Any], checks: Checks = NONE) -> list[ConfigError]:
    """Everything that is wrong with an item of this kind. `checks` are asked about the item without the
    fields that are wrong in themselves."""
    try:
        return list(_checked(model, item, checks))
    except ValidationError as error:
        found = config_errors(model, item, error)
    wrong = {_top(each) for each in found}
    try:
        rest = {name: value for name, value in item.items() if name not in wrong}
        return found + [each for each in _checked(model, rest, checks) if _top(each) not in wrong]
    except ValidationError:
        return found


def _checked(model: Model, item: Mapping[str, Any], checks: Checks) -> Iterator[ConfigError]:
    sound = model.model_validate(item)
    if isinstance(sound, SubscriptionItem):
        return _subscription_problems(sound.to_domain(), item, checks)
    return _source_problems(sound.to_domain(), checks)


def _top(error: ConfigError) -> str:
    return error.field.partition(".")[0]


def _validated[M: (SourceItem, SubscriptionItem)](model: type[M], item: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(item)
    except ValidationError as error:
        first = config_errors(model, item, error)[0]
    raise first  # not from pydantic's error: that one shows what was refused


def _source_problems(source: Source, checks: Checks) -> Iterator[ConfigError]:
    if checks.source is not None:
        try:
            checks.source(source)
        except ConfigError as error:
            yield error


def _subscription_problems(
    subscription: Subscription, item: Mapping[str, Any], checks: Checks
) -> Iterator[ConfigError]:
    name = item_name(SubscriptionItem, item)
    oauth, url = subscription.oauth, subscription.url
    whose = subscription.tenant_id, subscription.subscription_id, subscription.role_arn
    if subscription.has_target and checks.target and (problem := checks.target(url, *whose)):
        yield ConfigError(name, "role_arn" if "TargetRoleArns" in problem else "target", problem)
    texts = [
        ("url", checks.url, None if subscription.has_target else url),
        ("oauth.token_url", checks.url, oauth.token_url if oauth else None),
        ("filter", checks.expression, subscription.filter),
        ("transform", checks.expression, subscription.transform),
    ]
    for field, check, text in texts:
        if check is not None and text is not None and (problem := check(text)):
            yield ConfigError(name, field, problem)
