"""docs/operate.md names what there is to be met: alarms, notices, metrics, errors, codes, commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer

from doorbell.domain.deliveries import State
from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.matching import Reason
from doorbell.domain.own_events import KINDS
from doorbell.targets.sender import REFUSED
from doorbell_cli.commands.table import PANELS
from doorbell_cli.lazy import real_command
from doorbell_cli.main import app
from tests.support.docs import ROOT, code_in, page, section, table
from tests.support.template import template

OPERATE = "docs/operate.md"
PAGE = page(OPERATE)
PACKAGE = ROOT / "layers/core/doorbell"
GUARD_CODES = {"url_refused", "scheme_refused", "port_refused", "host_refused", "address_refused"}


def named(heading: str) -> set[str]:
    return set(code_in(section(PAGE, heading)))


def first_cells(heading: str) -> set[str]:
    return {name for row in table(OPERATE, heading) for name in code_in(row[0])}


def calls(method: str, folder: Path = PACKAGE) -> Iterator[ast.Call]:
    """Every call of a method of this name."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == method
            ):
                yield node


def texts(method: str) -> set[str]:
    """The first argument of such calls, where it is written out."""
    firsts = [call.args[0] for call in calls(method) if call.args]
    return {a.value for a in firsts if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def test_every_alarm_is_in_its_table_and_no_other() -> None:
    alarms = {name for name, r in template()["Resources"].items() if r["Type"] == "AWS::CloudWatch::Alarm"}
    assert first_cells("## Alarms") == alarms


def test_every_notice_is_in_its_table() -> None:
    told = {text for text in texts("publish") | texts("_notice") if "." in text}
    assert first_cells("## Notices") == told


def test_every_metric_is_in_its_table() -> None:
    counted = {text for text in texts("count") | texts("measure") if text[:1].isupper()}
    ends = {state.value.capitalize() for state in State if state.terminal}
    assert first_cells("## Logs and metrics") >= counted | ends


def test_every_error_of_an_attempt_is_explained() -> None:
    documented = set[str]()
    for line in (PACKAGE / "egress/errors.py").read_text().split("class FetchError")[0].splitlines():
        documented |= set(re.findall(r"`([a-z_]+)`", line)) - {"code", "detail", "status"}
    assert documented >= GUARD_CODES
    assert first_cells("### What an attempt's error means") == documented | OWN_FAULTS | {REFUSED}


def test_what_says_nothing_of_the_endpoint_stands_last() -> None:
    order = [name for row in table(OPERATE, "### What an attempt's error means") for name in code_in(row[0])]
    assert set(order[order.index("config_error") :]) == OWN_FAULTS


def test_every_reason_why_an_event_did_not_match_is_named() -> None:
    assert named("## By symptom") >= {reason.value for reason in Reason if reason is not Reason.MATCHED}


def test_every_state_of_a_delivery_is_in_the_picture() -> None:
    picture = PAGE.partition("stateDiagram-v2")[2].partition("```")[0]
    assert {state.value for state in State} <= set(re.findall(r"\w+", picture))


def test_every_refusal_that_a_provider_can_meet_is_named() -> None:
    said = named("## By symptom")
    codes = {"signature_mismatch", "signature_missing", "timestamp_out_of_tolerance", "source_disabled"}
    codes |= {"address_not_allowed", "unknown_source", "source_misconfigured", "try_again"}
    assert codes <= said


def commands(group: typer.Typer, before: str = "doorbell") -> Iterator[str]:
    tree = typer.main.get_command(group)
    yield from _commands(tree, before)


def _commands(command: object, before: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if not below:
        yield before
        return
    for name, child in below.items():
        yield from _commands(child, f"{before} {name}")


def test_every_command_that_a_page_names_exists_with_its_options() -> None:
    """`doorbell replay EVENT --since 7d` is a command and options of it."""
    known = {name: _options(name) for name in [*commands(app), "doorbell providers"]}
    wrong = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for text in [*code_in(path.read_text()), *_shell_lines(path)]:
            for command in re.findall(r"(?:^|[\s(])(doorbell [a-z][^|)&#\n\"]*)", f" {text}"):
                name = next(
                    (n for n in sorted(known, key=len, reverse=True) if f"{command} ".startswith(f"{n} ")),
                    None,
                )
                options = set(re.findall(r"--[a-z-]+", command))
                if name is None or not options <= known[name]:
                    wrong.append(f"{path.name}: {command}")
    assert wrong == []


def _shell_lines(path: Path) -> list[str]:
    blocks = re.findall(r"^```sh.*?\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def _options(name: str) -> set[str]:
    _, top, *below = name.split()
    listed = {name: one for panel in PANELS.values() for name, one in panel.items()}
    command: object = real_command(listed[top].at, top)
    for part in below:
        command = command.commands[part]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts} | {"--help"}  # type: ignore[attr-defined]


def test_every_command_is_named_somewhere() -> None:
    everything = " ".join(
        page(str(path.relative_to(ROOT))) for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    )
    spoken = {"doorbell demo": "make demo", "doorbell local up": "make local"}
    missing = [name for name in commands(app) if spoken.get(name, name) not in everything]
    assert missing == []


def test_every_own_event_is_in_its_table() -> None:
    assert first_cells("## Doorbell's own events") == set(KINDS)
