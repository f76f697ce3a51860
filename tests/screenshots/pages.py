"""The pages of which there are pictures: by the picture's name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

TENANT, SOURCE = "acme", "github"
CHANGED = {"try": "1", "filter": "starts_with(body.ref, 'refs/heads/')"}
TYPED = {
    "tenant": TENANT,
    "check": "1",
    "subscription_id": "billing",
    "url": "https://10.0.0.7/hooks",
    "filter": "body.amount > ",
}
OWN_SCHEME = {
    "tenant": TENANT,
    "check": "1",
    "source_id": "rides",
    "signature.name": "x-rides-signature",
    "signature.prefix": "v1=",
    "timestamp.at": "header",
    "timestamp.name": "x-rides-time",
    "message": "timestamp\ntext:.\nbody",
}
ON_A_TELEPHONE = ("home", "event", "subscription")


def pages(event_id: str, job_id: str, replay_id: str) -> Mapping[str, str]:
    of = f"?tenant={TENANT}"
    return {
        "home": f"/{of}",
        "events": f"/events{of}",
        "event": f"/events/{event_id}{of}&body=1",
        "to-all": f"/events/{event_id}/replay{of}&to=all",
        "subscription": f"/subscriptions/{TENANT}/mail",
        "change": f"/subscriptions/{TENANT}/releases/change?{urlencode(CHANGED)}",
        "replay": f"/subscriptions/{TENANT}/gone/replay?since=7d",
        "replaying": f"/jobs/{replay_id}",
        "pause": f"/subscriptions/{TENANT}/mail/pause",
        "first": "/sources/shop/first",
        "source": f"/sources/{SOURCE}",
        "sources": f"/sources{of}",
        "providers": f"/new/source{of}&q=git",
        "scheme": f"/new/source/hmac?{urlencode(OWN_SCHEME)}",
        "tenants": f"/tenants{of}",
        "history": f"/subscriptions/{TENANT}/gone/history",
        "rotate": f"/subscriptions/{TENANT}/books/rotate",
        "jobs": f"/jobs{of}",
        "job": f"/jobs/{TENANT}/{job_id}",
        "types": f"/types{of}",
        "type": f"/types/{TENANT}/push",
        "setup": f"/new/subscription?{urlencode(TYPED)}",
        "audit": f"/audit{of}",
    }
