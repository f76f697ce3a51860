"""The template's parameters, as `local up --parameter NAME=VALUE` sets them. What is wrong is told before
anything is started, as CloudFormation would tell it a minute later."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

FIXED: Mapping[str, str] = {
    "Architecture": "It is this machine's",
    "AwsEndpointUrl": "It is where the local AWS listens",
    "MaximumConcurrency": "The local AWS takes none but 0",  # see `local_parameters`
}
_UNSAFE = re.compile(r"[\"\\\x00-\x1f\x7f]")
"""What the command line of `sam deploy` has no way to say. No value of the template has one."""


class ParameterError(Exception):
    """What was given cannot be a parameter; the message says which, and why."""


def chosen(template: Path, given: Sequence[str]) -> dict[str, str]:
    """The values by name. Raises `ParameterError`."""
    known = _declared(template) if given else {}
    found = dict[str, str]()
    for text in given:
        name, mark, value = text.partition("=")
        if not mark:
            raise ParameterError(f'"{text}" must be NAME=VALUE.')
        if name not in known:
            raise ParameterError(_unknown(name, known))
        if name in FIXED:
            raise ParameterError(f"{name} cannot be set here. {FIXED[name]}.")
        if name in found:
            raise ParameterError(f"{name} is there twice.")
        if problem := _problem(known[name], value):
            raise ParameterError(f'{name} cannot be "{value}": {problem}.')
        found[name] = value
    return found


def _unknown(name: str, known: Mapping[str, object]) -> str:
    in_any_case = {one.lower(): one for one in known}
    close = get_close_matches(name.lower(), in_any_case, n=1)
    meant = f"Did you mean {in_any_case[close[0]]}?" if close else "template.yaml lists them."
    return f'There is no parameter "{name}". {meant}'


def _problem(parameter: Mapping[str, Any], value: str) -> str:
    if "AllowedValues" in parameter:
        allowed = [str(one) for one in parameter["AllowedValues"]]
        return "" if value in allowed else "it must be one of " + ", ".join(one or '""' for one in allowed)
    if _UNSAFE.search(value):
        return "no quote, backslash or line break may stand in it"
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and re.fullmatch(pattern, value) is None:
        return f"it must match {pattern}"
    return _problem_of_number(parameter, value) if parameter["Type"] == "Number" else ""


def _problem_of_number(parameter: Mapping[str, Any], value: str) -> str:
    if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", value) is None:
        return "it must be a number"
    least, most = parameter.get("MinValue"), parameter.get("MaxValue")
    if least is not None and float(value) < least:
        return f"it must be {least} or more"
    if most is not None and float(value) > most:
        return f"it must be {most} or less"
    return ""


def _declared(template: Path) -> dict[str, dict[str, Any]]:
    """Only that part of the file is read: none of CloudFormation's tags stands in it."""
    text = template.read_text(encoding="utf-8")
    part = re.search(r"^Parameters:\n(?:(?:[ #].*)?\n)*", text, re.MULTILINE)
    found: dict[str, dict[str, Any]] = yaml.safe_load(part[0])["Parameters"] if part else {}
    return found
