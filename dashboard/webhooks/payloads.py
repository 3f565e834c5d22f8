"""An event as each receiver wants it: plain JSON, or a message of Feishu, DingTalk or WeCom, signed if possible."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from dashboard.settings import WEBHOOK_FORMATS, Webhooks
from dashboard.webhooks.events import Event

JSON, FEISHU, DINGTALK, WECOM = WEBHOOK_FORMATS
SIGNATURE: Final = "X-SimTier-Signature"
TIMESTAMP: Final = "X-SimTier-Timestamp"


@dataclass(frozen=True)
class Target:
    """Where events go, in which format; `secret` signs them where it is not empty."""

    format: str
    url: str
    secret: str = ""

    @property
    def host(self) -> str:
        """What of the address may be logged: the rest holds a token."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Payload:
    """One HTTP request."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def targets(environ: Mapping[str, str] = os.environ) -> tuple[Target, ...]:
    """The targets in SIMTIER_WEBHOOKS, `format=URL` with commas between; raises BadArgument.

    >>> targets({"SIMTIER_WEBHOOKS": "json=https://ops.example.com/hook"})[0].format
    'json'
    """
    found = Webhooks.read(environ)
    parts = (one.partition("=") for one in found.webhooks)
    return tuple(Target(kind, url, found.webhook_secret) for kind, _, url in parts)


def payload(event: Event, target: Target, now: float) -> Payload:
    """The request that tells `event` to `target`, signed for the moment `now` (seconds since 1970)."""
    if target.format == JSON:
        return _plain(event, target, now)
    text = f"SimTier: {event.message('zh_CN')}"
    if target.format == FEISHU:
        signed = _feishu(target.secret, int(now)) if target.secret else {}
        return _request(target.url, {**signed, "msg_type": "text", "content": {"text": text}})
    url = _dingtalk(target, int(now * 1000)) if target.format == DINGTALK and target.secret else target.url
    return _request(url, {"msgtype": "text", "text": {"content": text}})


def accepted(target: Target, answer: Any) -> bool:
    """Whether the receiver took it: the three chat services answer 200 also where they refuse.

    >>> accepted(Target("wecom", "https://x"), {"errcode": 93000}), accepted(Target("json", "https://x"), None)
    (False, True)
    """
    if target.format == JSON:
        return True
    if not isinstance(answer, Mapping):
        return False
    return bool(answer.get("errcode", answer.get("code", answer.get("StatusCode"))) == 0)


def _plain(event: Event, target: Target, now: float) -> Payload:
    body = {
        "id": event.id,
        "event": event.kind,
        "at": event.at.isoformat(),
        "message": event.message("en"),
        "facts": dict(event.facts),
    }
    made = _request(target.url, body)
    if not target.secret:
        return made
    moment = str(int(now))
    digest = hmac.new(target.secret.encode(), f"{moment}.".encode() + made.body, hashlib.sha256).hexdigest()
    return Payload(made.url, made.body, {**made.headers, TIMESTAMP: moment, SIGNATURE: f"sha256={digest}"})


def _feishu(secret: str, seconds: int) -> dict[str, str]:
    key = f"{seconds}\n{secret}".encode()
    return {"timestamp": str(seconds), "sign": base64.b64encode(hmac.digest(key, b"", "sha256")).decode()}


def _dingtalk(target: Target, milliseconds: int) -> str:
    said = f"{milliseconds}\n{target.secret}".encode()
    sign = quote(base64.b64encode(hmac.digest(target.secret.encode(), said, "sha256")), safe="")
    joint = "&" if "?" in target.url else "?"
    return f"{target.url}{joint}timestamp={milliseconds}&sign={sign}"


def _request(url: str, body: Mapping[str, Any]) -> Payload:
    content = json.dumps(body, ensure_ascii=False).encode()
    return Payload(url, content, {"Content-Type": "application/json; charset=utf-8"})
