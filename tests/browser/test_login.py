"""Logging in end to end: a real browser and server, a small OpenID Connect provider with real signatures."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import free_port, home, serving
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser


@dataclass
class Provider:
    """Logs everybody in at once as `claims` says."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256"}))
    wrong_key: bool = False
    nonces: dict[str, str] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.address, "id_token_signing_alg_values_supported": ["RS256"]} | {
            name: f"{self.address}/{path}" for name, path in ends.items()
        }

    def authorize(self, asked: dict[str, str]) -> str:
        code = secrets.token_hex(8)
        self.nonces[code] = asked["nonce"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, code: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.address, "aud": "simtier", "sub": "1", "iat": now, "exp": now + 600}
        key = RSAKey.generate_key(2048, {"kid": "k1"}) if self.wrong_key else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims | {"nonce": self.nonces[code]} | self.claims, key)
        return {"id_token": signed, "access_token": "a", "token_type": "Bearer", "expires_in": 600}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", found.authorize(asked))
                self.end_headers()
            elif url.path == "/jwks":
                self.reply({"keys": [found.key.as_dict(private=False)]})
            else:
                self.reply(found.metadata())

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.reply(found.token(body["code"][0]))

        def reply(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site(provider: Provider, tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[str]:
    port = free_port()
    with serving(
        home(tmp_path_factory.mktemp("login"), data_dir),
        port,
        clean=False,  # of a token that it refuses, Streamlit logs a traceback
        SIMTIER_OIDC_METADATA_URL=f"{provider.address}/.well-known/openid-configuration",
        SIMTIER_OIDC_CLIENT_ID="simtier",
        SIMTIER_OIDC_CLIENT_SECRET="a-secret-of-the-client",  # noqa: S106
        SIMTIER_PUBLIC_URL=f"http://127.0.0.1:{port}",
        SIMTIER_ADMINS="li@example.com",
        SIMTIER_VIEWERS="@example.com",
    ) as base:
        yield base


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def log_in(page: Page, site: str, provider: Provider, **claims: Any) -> None:
    provider.claims = {"email_verified": True, **claims}
    page.goto(f"{site}/bad_cases")
    settle(page)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.get_by_role("heading", name="Bad cases")).to_have_count(0)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{site}/**")
    page.wait_for_timeout(500)
    settle(page)


def test_an_admin_comes_in_is_named_and_leaves(visitor: Page, site: str, provider: Provider) -> None:
    log_in(visitor, site, provider, email="li@example.com")
    expect(visitor.get_by_text("li@example.com · administrator")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Compare")).to_be_visible()
    visitor.get_by_role("button", name="Log out").click()
    expect(visitor.get_by_role("button", name="Log in")).to_be_visible()


def test_a_viewer_may_look(visitor: Page, site: str, provider: Provider) -> None:
    log_in(visitor, site, provider, email="guest@example.com")
    expect(visitor.get_by_text("guest@example.com · may look")).to_be_visible()
    visitor.goto(f"{site}/data")
    settle(visitor)
    visitor.get_by_role("button", name="Load all samples").click()
    expect(visitor.get_by_text("your role (may look) does not allow this")).to_be_visible()


@pytest.mark.parametrize(
    "claims", [{"email": "eve@evil.org"}, {"email": "li@example.com", "email_verified": False}, {"name": "li"}]
)
def test_nobody_else_comes_in(visitor: Page, site: str, provider: Provider, claims: dict[str, Any]) -> None:
    log_in(visitor, site, provider, **claims)
    expect(visitor.get_by_role("button", name="Log out")).to_be_visible()
    expect(visitor.get_by_text("administrator", exact=False).first).to_be_visible()
    expect(visitor.get_by_role("heading", name="Compare")).to_have_count(0)


def test_a_token_signed_by_another_key_opens_nothing(visitor: Page, site: str, provider: Provider) -> None:
    provider.wrong_key = True
    try:
        log_in(visitor, site, provider, email="li@example.com")
        expect(visitor.get_by_role("button", name="Log in")).to_be_visible()
    finally:
        provider.wrong_key = False
