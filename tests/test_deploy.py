"""Files for Kubernetes and compose: valid by their schema, and only what SimTier has is named in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboard.api import create_api
from dashboard.api.limits import Limits
from dashboard.api.paths import is_api

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
COMPOSE = [ROOT / "compose.yaml", ROOT / "deploy/compose/compose.yaml"]
FILES = [*MANIFESTS, *COMPOSE]


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def test_every_kind_that_is_promised_is_there() -> None:
    kinds = {document["kind"] for path in MANIFESTS for document in documents(path)}
    assert {"Deployment", "Service", "HorizontalPodAutoscaler", "PersistentVolumeClaim"} <= kinds


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_hold_to_the_schema_of_kubernetes(path: Path) -> None:
    validate = pytest.importorskip("kubernetes_validate").validate
    for document in documents(path):
        validate(document, "1.31", strict=True)


def test_a_wrong_manifest_is_found() -> None:
    kubernetes = pytest.importorskip("kubernetes_validate")
    deployment = documents(ROOT / "deploy/kubernetes/simtier.yaml")[0]
    deployment["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = "http"
    with pytest.raises(kubernetes.ValidationError):
        kubernetes.validate(deployment, "1.31", strict=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_only_settings_that_exist_are_set(path: Path) -> None:
    known = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bSIMTIER_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if f"`{name}`" not in known] == []


def test_probes_and_the_scaled_metric_exist() -> None:
    from dashboard.api.metrics import Metrics

    text = "".join(path.read_text(encoding="utf-8") for path in MANIFESTS)
    probes = re.findall(r"path: (/\S+)", text)
    assert probes
    assert all(is_api("GET", path) for path in probes)
    scaled = re.findall(r"name: (simtier_\w+)", text)
    assert scaled == ["simtier_queue_waiting"]
    metrics = Metrics()
    metrics.watch_queue(lambda: 7)
    assert b"simtier_queue_waiting 7.0" in metrics.page()


def test_the_proxy_sends_the_routes_of_the_api_to_either_server_and_pages_to_one() -> None:
    proxy = (ROOT / "deploy/compose/nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"location ~ (\S+) \{\s+proxy_pass http://api", proxy)
    assert found
    api = re.compile(found[1])
    served = set(create_api(Limits.read()).openapi()["paths"]) - {"/metrics"}
    assert [path for path in sorted(served) if not api.search(path)] == []
    assert [path for path in ("/", "/overview", "/_stcore/stream", "/metrics") if api.search(path)] == []
