"""Options: flags over environment over defaults, and nothing opened to a network by accident."""

from __future__ import annotations

import pytest

from calibration.errors import SimTierError
from dashboard.options import Options, from_environment, is_loopback, parse


def test_defaults() -> None:
    assert parse([], {}) == Options("127.0.0.1", 7860, "bundled", "", "", False)


def test_flags_win_over_the_environment() -> None:
    environ = {
        "SIMTIER_HOST": "::1",
        "SIMTIER_PORT": "9000",
        "SIMTIER_MODEL": "gte-large-zh",
        "SIMTIER_DATA_DIR": "/data",
        "SIMTIER_DATABASE_URL": "postgresql://localhost/simtier",
    }
    assert parse([], environ) == Options("::1", 9000, "gte-large-zh", "/data", "postgresql://localhost/simtier")
    flags = ["--host", "127.0.0.1", "--port", "7000", "--model", "bundled", "--data-dir", "/other"]
    assert parse(flags, environ) == Options(
        "127.0.0.1", 7000, "bundled", "/other", "postgresql://localhost/simtier"
    )


def test_the_arithmetic_comes_from_flag_or_environment() -> None:
    assert parse([], {}).compute == "full"
    assert parse([], {"SIMTIER_COMPUTE": "fast"}).compute == "fast"
    assert parse(["--compute", "full"], {"SIMTIER_COMPUTE": "fast"}).compute == "full"
    with pytest.raises(SimTierError, match="SIMTIER_COMPUTE"):
        parse([], {"SIMTIER_COMPUTE": "half"})


def test_the_former_name_of_the_arithmetic_is_refused_with_the_new_one() -> None:
    for flags in (["--precision", "fast"], ["--precision=full"], ["--model-precision", "fast"]):
        with pytest.raises(SimTierError, match="--compute"):
            parse(flags, {})
    with pytest.raises(SimTierError, match="SIMTIER_COMPUTE"):
        parse([], {"SIMTIER_PRECISION": "fast"})


def test_options_reach_the_rest_of_the_process() -> None:
    options = parse(["--data-dir", "/data", "--model", "m"], {})
    assert options.environment() == {
        "SIMTIER_MODEL": "m",
        "SIMTIER_COMPUTE": "full",
        "SIMTIER_DATA_DIR": "/data",
    }


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_a_port_that_is_none_is_refused_with_two(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse([f"--port={port}"], {})
    assert stopped.value.code == 2
    assert "must be a port" in capsys.readouterr().err
    with pytest.raises(SimTierError, match="SIMTIER_PORT"):
        from_environment({"SIMTIER_PORT": port})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.org"])  # noqa: S104
def test_listening_beyond_this_machine_must_be_meant(host: str) -> None:
    with pytest.raises(SimTierError, match="--insecure"):
        parse(["--host", host], {})
    with pytest.raises(SimTierError, match="--insecure"):
        parse([], {"SIMTIER_HOST": host})
    assert parse(["--host", host, "--insecure"], {}).host == host
    assert parse(["--host", host], {"SIMTIER_INSECURE": "1"}).host == host


def test_a_login_opens_the_pages_to_a_network() -> None:
    login = {"SIMTIER_LOGIN_HEADER": "X-Forwarded-Email", "SIMTIER_ADMINS": "li@example.com"}
    assert parse(["--host", "0.0.0.0"], login).host == "0.0.0.0"  # noqa: S104


def test_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))


def test_the_url_is_one_that_a_browser_opens() -> None:
    assert Options(host="0.0.0.0").url == "http://localhost:7860"  # noqa: S104
    assert Options(host="10.0.0.7", port=80).url == "http://10.0.0.7:80"
    assert Options(host="::1").url == "http://localhost:7860"
