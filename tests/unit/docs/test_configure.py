"""What README and docs/configure.md tell people to paste is what the code takes, field by field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from doorbell.domain.retry import PRESETS
from doorbell.egress.guard import EgressPolicy
from doorbell.payloads.expressions import problem_with
from doorbell.signatures.gate import Gate
from doorbell.signatures.schemes.declared import PACKINGS, UNITS
from doorbell.signatures.schemes.declared_rules import ALLOWED, KEYS, PARTS
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.items.models import load_source, load_subscription, problems
from doorbell.store.items.source import SourceItem
from doorbell.store.items.subscription import SubscriptionItem
from doorbell_cli.configfile import Entry, read_file
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from tests.support.docs import blocks, code_in, page, rows, section, table
from tests.support.template import template

CONFIGURE = "docs/configure.md"
PAGE = page(CONFIGURE)
BOOKKEEPING = {"created_at", "updated_at", "disabled_at", "paused_at"}
BASES: dict[str, dict[str, Any]] = {
    "Source": {"source_id": "base", "provider": "github", "secrets": ["ssm:/doorbell/base"]},
    "Subscription": {
        "tenant_id": "base",
        "subscription_id": "base",
        "url": "https://base.example.com/",
        "secrets": ["ssm:/doorbell/base"],
    },
}
OF_A_TARGET: dict[str, dict[str, Any]] = {
    "target": {},
    "invoke": {"target": "arn:aws:lambda:eu-central-1:123456789012:function:books"},
    "target_key": {"target": "arn:aws:s3:::a-bucket/shop/"},
    "role_arn": {"target": "arn:aws:sqs:eu-central-1:210987654321:orders"},
    "large": {"target": "arn:aws:sqs:eu-central-1:123456789012:orders"},
}
"""The fields of a target, and what each needs beside it."""
MODELS: dict[str, type[Any]] = {"Source": SourceItem, "Subscription": SubscriptionItem}
FIELDS = [(heading, *row) for heading in MODELS for row in table(CONFIGURE, f"## {heading}")]


def pasted_items() -> list[dict[str, Any]]:
    """The items of README's `aws dynamodb put-item` commands, in order."""
    texts = re.findall(r"--item '(\{.*?\n\})'", page("README.md"), re.DOTALL)
    return [unmarshal(json.loads(text)) for text in texts]


def files_of_apply(folder: Path) -> list[list[Entry]]:
    """The whole one, and the one of sources of one's own."""
    files: list[list[Entry]] = []
    for text in re.findall(r"```yaml\n(sources:.*?)```", PAGE, re.DOTALL):
        (folder / "doorbell.yaml").write_text(text)
        files.append(read_file(folder / "doorbell.yaml"))
    return sorted(files, key=lambda entries: all(entry.kind is SOURCE for entry in entries))


def test_the_source_and_the_subscription_of_the_readme_are_accepted() -> None:
    source, subscription = pasted_items()
    Gate().check_source(load_source(source))
    assert load_subscription(subscription).event_types == ("push",)


@pytest.mark.parametrize("heading", MODELS)
def test_every_field_of_an_item_has_its_row_and_no_row_is_of_no_field(heading: str) -> None:
    named = [code_in(row[0])[0] for row in table(CONFIGURE, f"## {heading}")]
    fields = {field.alias or name for name, field in MODELS[heading].model_fields.items()}
    assert sorted(named) == sorted(fields - BOOKKEEPING)


def test_the_bookkeeping_fields_are_named() -> None:
    assert set(code_in(section(PAGE, "## Source"))) >= BOOKKEEPING


@pytest.mark.parametrize(("heading", "field", "example", "meaning"), FIELDS, ids=lambda cell: cell[:30])
def test_the_example_of_a_field_is_of_it_and_accepted(
    heading: str, field: str, example: str, meaning: str
) -> None:
    if example.startswith("see"):
        assert "](#" in example
        return
    given = yaml.safe_load(code_in(example)[0])
    assert list(given) == code_in(field)
    base = BASES[heading]
    if (own := code_in(field)[0]) in OF_A_TARGET:
        base = {name: value for name, value in base.items() if name != "url"} | OF_A_TARGET[own]
    assert problems({**base, **given}) == []


@pytest.mark.parametrize("heading", MODELS)
def test_the_choices_of_a_field_are_those_of_the_model(heading: str) -> None:
    meanings = {code_in(row[0])[0]: set(code_in(row[2])) for row in table(CONFIGURE, f"## {heading}")}
    for name, field in MODELS[heading].model_fields.items():
        choices = getattr(field.annotation, "__args__", ())
        if choices and all(isinstance(choice, str) for choice in choices):
            assert set(choices) <= meanings[name], name


def test_the_files_of_apply_are_accepted_whole(tmp_path: Path) -> None:
    entries = [entry for file in files_of_apply(tmp_path) for entry in file]
    assert [problem for entry in entries for problem in entry.problems(EgressPolicy())] == []
    for entry in entries:
        if entry.kind is SOURCE:
            Gate().check_source(load_source(entry.values))


def test_the_file_of_apply_shows_every_field_once_at_least(tmp_path: Path) -> None:
    entries, of_sources = files_of_apply(tmp_path)
    assert {entry.values["provider"] for entry in of_sources} >= {"http-signature", "jws", "jwt.body", "jwt"}
    for kind in (SOURCE, SUBSCRIPTION):
        shown = {name for entry in entries if entry.kind is kind for name in entry.values}
        fields = {field.alias or name for name, field in kind.model.model_fields.items()}
        assert fields - shown - BOOKKEEPING == {"disabled_reason"}


def test_the_declared_scheme_is_accepted_and_each_of_its_parts_is_explained() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", section(PAGE, "## A scheme of your own"), re.DOTALL)
    Gate().check_source(load_source(json.loads(text)))
    said = set(code_in(section(PAGE, "## A scheme of your own")))
    assert {name for names in ALLOWED.values() for name in names} <= said
    assert {*KEYS, *UNITS, *PACKINGS, *PARTS} <= said


def test_the_filter_and_the_transform_compile() -> None:
    shown = [yaml.safe_load(b.text) for b in blocks_of("## Filters and transforms") if "…" not in b.text]
    (expressions,) = shown
    assert sorted(expressions) == ["filter", "transform"]
    assert [problem_with(text) for text in expressions.values()] == [None, None]


def blocks_of(heading: str) -> list[Any]:
    inside = section(PAGE, heading)
    return [block for block in blocks(Path(CONFIGURE).resolve()) if block.text in inside]


def test_every_parameter_of_the_template_has_its_row_with_its_default() -> None:
    parameters = {name: given.get("Default") for name, given in template()["Parameters"].items()}
    told = {code_in(name)[0]: default for name, default, _ in table(CONFIGURE, "## Template parameters")}
    wanted = {name: f"`{value}`" if value != "" else "empty" for name, value in parameters.items()}
    assert told == wanted


def test_the_values_a_parameter_may_have_are_told() -> None:
    meanings = {code_in(row[0])[0]: row[2] for row in table(CONFIGURE, "## Template parameters")}
    for name, given in template()["Parameters"].items():
        choices = given.get("AllowedValues", [])
        if name != "LogRetentionDays" and set(choices) != {"true", "false"}:
            assert [choice for choice in choices if str(choice) not in meanings[name]] == [], name


def test_the_fields_of_a_published_event_are_told() -> None:
    from doorbell.runtime.published import PublishItem

    text = section(PAGE, "## Your own events").split("| field |")[1]
    named = [code_in(row[0])[0] for row in rows("\n| field |" + text)]
    assert sorted(named) == sorted(PublishItem.model_fields)


def test_the_presets_of_retries_are_those_of_the_code() -> None:
    told = {
        code_in(name)[0]: [float(part) for part in seconds.split(",")]
        for name, seconds, *_ in table("docs/operate.md", "### When it is tried again")
    }
    assert told == {name: list(schedule) for name, schedule in PRESETS.items()}
