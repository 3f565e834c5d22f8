"""Who may do what: lists to roles, roles to what the store lets through, pages of somebody who may only look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from calibration.errors import NotFound, SimTierError
from calibration.store import BadCaseDraft, Store, open_store
from dashboard import resources, roles
from dashboard.login_options import ADMIN, REVIEWER, VIEWER, from_environment

LISTS = {
    "SIMTIER_ADMINS": "li@x.com",
    "SIMTIER_REVIEWERS": "@x.com, Wang@y.cn",
    "SIMTIER_VIEWERS": "@y.cn,guest@x.com",
}
HEADER = {"SIMTIER_LOGIN_HEADER": "X-Forwarded-Email", **LISTS}
OIDC = {
    "SIMTIER_OIDC_METADATA_URL": "https://id.example.com/.well-known/openid-configuration",
    "SIMTIER_OIDC_CLIENT_ID": "simtier",
    "SIMTIER_OIDC_CLIENT_SECRET": "s3cret",
    "SIMTIER_PUBLIC_URL": "https://simtier.example.com/",
    **LISTS,
}


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("li@x.com", ADMIN),
        (" LI@X.com ", ADMIN),
        ("zhao@x.com", REVIEWER),
        ("guest@x.com", VIEWER),
        ("wang@y.cn", REVIEWER),
        ("qian@y.cn", VIEWER),
        ("li@evil-x.com", None),
        ("li@x.com.evil.org", None),
        ("@x.com", None),
        ("", None),
        ("li@x.com@evil.org", None),
    ],
)
def test_an_address_goes_before_its_domain(address: str, role: str | None) -> None:
    assert from_environment(HEADER).role_of(address) == role


@pytest.mark.parametrize(
    "wrong",
    [
        {**HEADER, "SIMTIER_ADMINS": ""},
        {**HEADER, "SIMTIER_VIEWERS": "everybody"},
        {**HEADER, **OIDC},
        *({key: value for key, value in OIDC.items() if key != name} for name in list(OIDC)[1:5]),
        {**OIDC, "SIMTIER_PUBLIC_URL": "simtier.example.com"},
        {**OIDC, "SIMTIER_OIDC_CLIENT_SECRET_FILE": "/nowhere"},
    ],
)
def test_a_login_that_lacks_something_is_refused(wrong: Mapping[str, str]) -> None:
    with pytest.raises(SimTierError, match="SIMTIER_"):
        from_environment(wrong)


def test_secrets_come_from_a_file_and_never_show_as_the_cookies_key(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    oidc = from_environment({**OIDC, "SIMTIER_OIDC_CLIENT_SECRET_FILE": str(file)}).oidc
    assert oidc is not None
    found = oidc.secrets()
    assert found["client_secret"] == "from-file"  # noqa: S105
    assert found["redirect_uri"] == "https://simtier.example.com/oauth2callback"
    assert len(found["cookie_secret"]) == 64
    assert "from-file" not in found["cookie_secret"]


def methods(store: Store) -> set[tuple[str, str]]:
    areas = {"": store} | {name: part for name, part in vars(store).items() if not name.startswith("_")}
    return {
        (area, name)
        for area, part in areas.items()
        for name in dir(part)
        if not name.startswith("_") and callable(getattr(part, name)) and name not in areas
    }


def test_every_method_of_the_store_is_somebodys(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.db") as store:
        assert methods(store) == set(roles.ACTIONS)


PAIRS = pd.DataFrame({"text_a": ["a"], "text_b": ["b"], "label": [1.0], "kind": ["binary"], "domain": ["x"]})
DEEDS: Mapping[str, Callable[[Any], Any]] = {
    roles.READ: lambda store: store.datasets.list(),
    roles.WORK: lambda store: store.bad_cases.add(BadCaseDraft("a", "b", expected=0)),
    roles.PUBLISH: lambda store: store.policies.rollback("policy"),
    roles.DELETE: lambda store: store.datasets.delete(1),
    roles.KEYS: lambda store: store.api_keys.add("key"),
}


@pytest.mark.parametrize("role", [VIEWER, REVIEWER, ADMIN, None])
def test_the_store_refuses_what_a_role_does_not_grant(tmp_path: Path, role: str | None) -> None:
    with open_store(tmp_path / "x.db") as store:
        guarded = roles.GuardedStore(store, role)
        for action, deed in DEEDS.items():
            if action in roles.GRANTS.get(role or "", ()):
                try:
                    deed(guarded)
                except roles.NotPermitted:
                    pytest.fail(f"{role} may not {action}")
                except NotFound:  # there is nothing to delete
                    pass
            else:
                with pytest.raises(roles.NotPermitted):
                    deed(guarded)


def test_a_viewer_looks_and_is_told_why_nothing_else_works(
    open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources.store().datasets.add("mine", PAIRS)
    for name, value in HEADER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(roles, "email", lambda _: "guest@x.com")
    page = open_page("data/datasets")
    assert "guest@x\\.com" in page.words()
    assert page.at.button(key=page.key("delete_")).disabled
    page.press("samples_all")
    assert r"your role \(may look\) does not allow this" in page.words()
    assert [dataset.name for dataset in resources.shared_store().datasets.list()] == ["mine"]


def test_a_stranger_sees_no_page(open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HEADER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(roles, "email", lambda _: "nobody@example.org")
    page = open_page()
    assert "may not use this SimTier" in page.words()
    assert not page.at.text_area
