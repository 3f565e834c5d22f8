"""The server's settings, declared: address, HTTP API and login. `docs/reference/settings.md` is made of them."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode, SettingsConfigDict

from calibration.errors import N_
from calibration.settings.declared import JudgeServer, Library, Remote, Settings, setting

ABOVE_ZERO: Final = N_("a whole number, at least 1")
YES: Final = N_("1 or 0")
ADDRESSES: Final = N_("e-mail addresses or @domains, with commas between")
ANY: Final = "*"
WEBHOOK_FORMATS: Final = ("json", "feishu", "dingtalk", "wecom")
WAITING: Final = 20
"""Requests that wait before the encoder, unless another number is set."""


def _parts(value: object) -> object:
    """A list with commas between."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _origins(found: tuple[str, ...]) -> tuple[str, ...]:
    for origin in found:
        parts = urlsplit(origin)
        whole = parts.scheme in ("http", "https") and parts.netloc and origin == f"{parts.scheme}://{parts.netloc}"
        if origin != ANY and not whole:
            raise ValueError(origin)
    return found


def _hosts(found: tuple[str, ...]) -> tuple[str, ...]:
    for name in found:
        if "/" in name or any(character.isspace() for character in name):
            raise ValueError(name)
    return found


def _addresses(found: tuple[str, ...]) -> tuple[str, ...]:
    for address in found:
        if "@" not in address or address.endswith("@"):
            raise ValueError(address)
    return tuple(address.lower() for address in found)


def _webhooks(found: tuple[str, ...]) -> tuple[str, ...]:
    for one in found:
        kind, _, url = one.partition("=")
        if kind not in WEBHOOK_FORMATS or not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
            raise ValueError(kind)
    return found


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
Origins = Annotated[Names, AfterValidator(_origins)]
Hosts = Annotated[Names, AfterValidator(_hosts)]
Webhook = Annotated[Names, AfterValidator(_webhooks)]
Addresses = Annotated[Names, AfterValidator(_addresses)]


class Server(Settings):
    """Where the server listens, and what it keeps."""

    title = "The server"

    host: str = setting(
        "127.0.0.1", "address to listen on; beyond this machine only with a login and a key", flag="--host"
    )
    port: int = setting(7860, "port to listen on", rule=N_("a port from 1 to 65535"), flag="--port", ge=1, le=65535)
    insecure: bool = setting(
        False,
        "`1`: listen beyond this machine without login or key, and need no API key where "
        "people log in",
        rule=YES, flag="--insecure", shown="off",
    )  # fmt: skip
    allowed_hosts: Hosts = setting(
        (),
        "names under which the server is reached besides localhost, with commas between; `*` for any. Checked "
        "while it listens on this machine only, and wherever names are given",
        rule=N_("names such as simtier.example.com"), shown="none",
    )  # fmt: skip
    log_text: bool = setting(False, "`1`: the log holds the first 20 texts of each request", rule=YES, shown="off")
    keep_unanswered: bool = setting(
        False, "`1`: keep the texts of questions that a FAQ did not answer", rule=YES, shown="off"
    )
    keep_pairs: int = setting(
        0,
        "live pairs kept with their texts of each day and domain, for 30 days: so many of all pairs, to label, and "
        "so many of those that the policy accepted, to check whether its promise holds; `0`: none",
        rule=N_("a whole number, 0 or above"), ge=0, le=10_000, shown="0",
    )  # fmt: skip
    score_sampling: int = setting(
        1000, "scores kept of each day and domain, for drift; `0`: none",
        rule=N_("a whole number, 0 for no sampling"), ge=0,
    )  # fmt: skip


class Api(Settings):
    """Who may call the API, and how much one request may ask for."""

    model_config = SettingsConfigDict(env_prefix="SIMTIER_API_")
    title = "The HTTP API"

    key: str = setting(
        "", "one more key, which may write, beside those of `simtier keys`", shown="none", secret=True
    )
    body: int = setting(8 * 1024 * 1024, "bytes of a request", rule=ABOVE_ZERO, ge=1)
    texts: int = setting(2048, "texts in a request", rule=ABOVE_ZERO, ge=1)
    characters: int = setting(20_000, "characters of a text", rule=ABOVE_ZERO, ge=1)
    scores: int = setting(
        250_000, "sources times targets, or queries times the texts of a FAQ", rule=ABOVE_ZERO, ge=1
    )
    waiting: int = setting(
        WAITING, "requests that wait, half of them long ones at most; beyond that 503", rule=ABOVE_ZERO, ge=1
    )
    seconds: int = setting(
        60, "seconds that a request may wait without any of it being done, else 504", rule=ABOVE_ZERO, ge=1
    )
    body_seconds: int = setting(20, "seconds until a body has arrived, else 408", rule=ABOVE_ZERO, ge=1)


class Webhooks(Settings):
    """Where events are reported."""

    title = "Webhooks"

    webhooks: Webhook = setting(
        (),
        "where to report drift, refused gates and conflicting reports: `json=URL`, `feishu=URL`, `dingtalk=URL` or "
        "`wecom=URL`, with commas between",
        rule=N_("json=URL, feishu=URL, dingtalk=URL or wecom=URL"), shown="none", secret=True,
    )  # fmt: skip
    webhook_secret: str = setting("", "signs what is sent; WeCom has no signatures", shown="none", secret=True)


class Browsers(Settings):
    """Web pages of other origins."""

    title = "Web pages of other origins"

    cors_origins: Origins = setting(
        (), "web pages of these origins may call the API; with commas between; `*` for any",
        rule=N_("origins like https://faq.example.com"), shown="none",
    )  # fmt: skip


class Login(Settings):
    """How people log in to the pages."""

    title = "Logging in"
    note = "Explained under [operating](../operating.md#logging-in)."

    oidc_metadata_url: str = setting("", "the provider's `.well-known/openid-configuration`", shown="none")
    oidc_client_id: str = setting("", "the client registered there", shown="none")
    oidc_client_secret: str = setting("", "its secret", shown="none", secret=True)
    oidc_client_secret_file: str = setting("", "or a file that holds the secret", shown="none")
    oidc_unverified_email: bool = setting(
        False, "`1`: for a provider that sends no `email_verified`", rule=YES, shown="off"
    )
    public_url: str = setting("", "where browsers find the pages", shown="none")
    login_header: str = setting("", "instead: the header in which a proxy says who it is", shown="none")
    admins: Addresses = setting(
        (), "may publish: addresses and @domains, with commas between", rule=ADDRESSES, shown="none"
    )
    reviewers: Addresses = setting((), "may decide on bad cases", rule=ADDRESSES, shown="none")
    viewers: Addresses = setting((), "may look", rule=ADDRESSES, shown="none")


ALL: Final[tuple[type[Settings], ...]] = (Server, Library, Remote, JudgeServer, Api, Browsers, Webhooks, Login)
"""In the order of the reference."""
