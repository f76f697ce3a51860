"""The tools of people that a subscription can write to, and how often each lets itself be called.

A second: Slack 1 (https://docs.slack.dev/apis/web-api/rate-limits#incoming-webhooks), Teams 4
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors),
PagerDuty about 120 a minute and key (https://developer.pagerduty.com/docs/events-api-rate-limits). Discord
wants none hard-coded (https://discord.com/developers/docs/topics/rate-limits): five in two seconds is what
its answers say of a webhook, and its Retry-After, with fractions, is honoured.
"""

from collections.abc import Mapping
from typing import Any, Final

PAGERDUTY: Final = "pagerduty"
PRESET_RATES: Final[dict[str, float | None]] = {
    "slack": 1.0,
    "teams": 4.0,
    "discord": 2.5,
    PAGERDUTY: 2.0,
    "email-text": None,
}
"""Deliveries a second where the subscription does not say."""


def signing_of(values: Mapping[str, Any]) -> str:
    """Of a subscription's item. No tool of people verifies a signature, and IAM vouches for who sends to a
    target: with either it is asked for."""
    unasked = "none" if values.get("preset") or values.get("target") else "standard"
    return str(values.get("signing") or unasked)
