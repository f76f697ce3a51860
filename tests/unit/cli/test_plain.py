"""An item's values as JSON and YAML can say them: what somebody wrote by hand too."""

from __future__ import annotations

import json
from decimal import Decimal

import yaml

from doorbell_cli.commands.configuration.views import plain


def test_a_set_is_a_list_in_order_and_a_number_is_one() -> None:
    item = {
        "sources": {"shop", "github"},
        "limits": [Decimal(5), Decimal("2.5")],
        "deep": {"more": frozenset("a")},
    }
    said = plain(item)
    assert said == {"sources": ["github", "shop"], "limits": [5, 2.5], "deep": {"more": ["a"]}}
    assert json.loads(json.dumps(said)) == yaml.safe_load(yaml.safe_dump(said)) == said
