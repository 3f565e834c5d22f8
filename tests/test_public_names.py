"""The package's public names."""

from __future__ import annotations

import subprocess
import sys

import pytest

import calibration

SECTIONS = ("Parameters\n    ----------", "Returns\n    -------", "Raises\n    ------")
VERBS = sorted(name for name in calibration.__all__ if name[0].islower())


@pytest.mark.parametrize("name", calibration.__all__)
def test_every_public_name_loads_on_first_use(name: str) -> None:
    assert callable(getattr(calibration, name))


@pytest.mark.parametrize("name", VERBS)
def test_every_public_verb_documents_what_it_takes_and_gives(name: str) -> None:
    function = getattr(calibration, name)
    text = (function.calibrate if name == "calibrate" and hasattr(function, "calibrate") else function).__doc__
    assert [section for section in SECTIONS if section not in text] == []


@pytest.mark.slow
def test_calibrate_can_be_called_before_and_after_its_module_is_imported() -> None:
    code = (
        "from calibration import calibrate as before\n"
        "import calibration.calibrate as module\n"
        "from calibration import calibrate as after\n"
        "assert callable(before) and after is module\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_naming_the_package_loads_no_library() -> None:
    code = (
        "import sys, calibration; dir(calibration)\n"
        "assert not {'numpy', 'pandas', 'torch', 'scipy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
