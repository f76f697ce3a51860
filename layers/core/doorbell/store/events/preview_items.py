"""Of a job's item what is a preview's own. Its rule is as large as the subscription's expressions: a write
unit for each KiB of them and page, beside the one for the rest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from doorbell.domain.previews import Example, ExpressionFailed, PreviewJob, Rule
from doorbell.domain.replays import Selection

COUNTS = ("looked", "matched", "did_match", "bodies_gone", "failed")


def preview_values(work: PreviewJob) -> dict[str, Any]:
    rule = work.rule
    return {
        "rule": {
            "sources": list(rule.sources),
            "event_types": list(rule.event_types),
            "filter": rule.filter,
            "transform": rule.transform,
        },
        **{name: getattr(work, name) for name in COUNTS},
        "examples": [asdict(one) for one in work.examples],
        "errors": [asdict(one) for one in work.errors],
    }


def preview_from(job_id: str, selection: Selection, values: Mapping[str, Any]) -> PreviewJob:
    rule = values["rule"]
    return PreviewJob(
        job_id=job_id,
        selection=selection,
        rule=Rule(
            tuple(rule["sources"]), tuple(rule["event_types"]), rule.get("filter"), rule.get("transform")
        ),
        cursor=values.get("cursor"),
        **{name: values[name] for name in COUNTS},
        examples=tuple(Example(**one) for one in values["examples"]),
        errors=tuple(ExpressionFailed(**one) for one in values["errors"]),
        finished_at=values.get("written_at"),
    )
