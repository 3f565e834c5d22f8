"""Another SimTier as a model by its address: the encoder behind a server, against our own server over HTTP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.encoding import CachedEncoder
from calibration.encoding.remote import RemoteEncoder
from calibration.encoding.remote_exchange import RemoteSettings
from calibration.errors import ServiceRefused
from tests.api.conftest import Guarded

TEXTS = [f"第{number}张信用卡怎么还款" for number in range(40)]


def test_its_vectors_and_its_fingerprint_are_those_of_the_server(
    url: str, encoder: CachedEncoder, tmp_path: Path
) -> None:
    remote = RemoteEncoder(f"{url}/v1", RemoteSettings(batch=16, connections=2), tmp_path)
    try:
        assert (remote.fingerprint, remote.dim) == (encoder.fingerprint, encoder.dim)
        found = remote.encode([*TEXTS, TEXTS[0]])
        np.testing.assert_allclose(found, encoder.encode([*TEXTS, TEXTS[0]]), atol=1e-5)
        np.testing.assert_array_equal(found[0], found[-1])
        with pytest.raises(ServiceRefused) as refused:
            remote.encode(["x" * 5001])
        assert refused.value.status == 413
        assert "input.0" in str(refused.value)
    finally:
        remote.close()


def test_it_needs_a_key_where_the_server_does(
    guarded: Guarded, encoder: CachedEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIMTIER_REMOTE_KEY", raising=False)
    with pytest.raises(ServiceRefused) as refused:
        RemoteEncoder(f"{guarded.base}/v1", memory=tmp_path)
    assert refused.value.status == 401
    monkeypatch.setenv("SIMTIER_REMOTE_KEY", guarded.read)
    remote = RemoteEncoder(f"{guarded.base}/v1", memory=tmp_path)
    try:
        assert remote.fingerprint == encoder.fingerprint
        np.testing.assert_allclose(remote.encode(TEXTS[:3]), encoder.encode(TEXTS[:3]), atol=1e-5)
    finally:
        remote.close()
