"""What README tells people to paste is what the code takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from doorbell.domain.retry import PRESETS
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.gate import Gate
from doorbell.store.items import load_source, load_subscription
from doorbell.store.items_source import SourceItem
from doorbell.store.items_subscription import SubscriptionItem
from doorbell.store.tables import unmarshal
from doorbell_cli.commands.providers import as_markdown

README = (Path(__file__).parents[2] / "README.md").read_text()


def pasted_items() -> list[dict[str, Any]]:
    """The items of the `aws dynamodb put-item` commands, in order."""
    return [unmarshal(json.loads(text)) for text in re.findall(r"--item '(\{.*?\n\})'", README, re.DOTALL)]


def rows(heading: str) -> str:
    """The table under a heading."""
    return README.partition(f"### {heading}\n")[2].partition("\n#")[0]


def test_the_source_and_the_subscription_of_the_readme_are_accepted() -> None:
    source, subscription = pasted_items()
    Gate().check_source(load_source(source))
    assert load_subscription(subscription).event_types == ("push", "pull_request")


@pytest.mark.parametrize(("heading", "model"), [("Source", SourceItem), ("Subscription", SubscriptionItem)])
def test_every_field_of_an_item_is_in_its_table(heading: str, model: type[Any]) -> None:
    named = set(re.findall(r"`([a-z_]+)`", rows(heading)))
    bookkeeping = {"created_at", "updated_at", "disabled_at"}
    fields = {field.alias or name for name, field in model.model_fields.items()}
    assert fields - bookkeeping - named == set()


def test_the_table_of_providers_is_the_catalogues() -> None:
    table = README.partition("<!-- doorbell providers --markdown -->")[2].partition("<!-- end -->")[0]
    entries = [entry for name in names() if (entry := find(name)) is not None]
    assert table.strip() == as_markdown(entries).strip()


def test_the_declared_scheme_of_the_readme_is_accepted() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    Gate().check_source(load_source(json.loads(text)))


def test_the_presets_of_the_readme_are_those_of_the_code() -> None:
    assert all(f"`{name}`" in rows("Subscription") for name in PRESETS)
