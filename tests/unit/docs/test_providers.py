"""docs/providers.md is the catalogue's."""

from __future__ import annotations

from doorbell.signatures.catalogue import find, names
from doorbell_cli.commands.providers import as_markdown
from doorbell_cli.providers import elsewhere
from tests.support.docs import page, section


def test_the_page_of_providers_is_what_the_command_prints() -> None:
    entries = [entry for name in names() if (entry := find(name)) is not None]
    assert page("docs/providers.md") == as_markdown(entries) + "\n", "write it anew: make docs"


def test_what_other_gateways_name_leads_to_an_entry_or_has_a_reason() -> None:
    for same, others in (
        (elsewhere.ours(elsewhere.HOOKDECK_OURS), elsewhere.hookdecks_others()),
        (elsewhere.ours(elsewhere.SVIX_OURS), elsewhere.SVIX_OTHERS),
    ):
        assert [name for name in same.values() if name not in names()] == []
        assert set(same) & set(others) == set()
        assert all(reason.strip() for reason in others.values())


def test_as_many_of_other_gateways_names_are_served_as_the_page_says() -> None:
    hookdeck = section(page("docs/providers.md"), "### Hookdeck")
    rows = [
        line for line in hookdeck.splitlines() if line.startswith("| ") and not line.startswith("| theirs")
    ]
    own = [line for line in rows if line.split("|")[2].strip()]
    assert f"Of {len(rows)}, {len(own)} have an entry of their own here" in hookdeck
    assert len(own) >= 106
