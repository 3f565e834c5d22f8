"""Files of texts by domain, as `background` and `stress` read them."""

from __future__ import annotations

import argparse
from pathlib import Path

from calibration.cli.reading_options import add_skip
from calibration.cli.text_files import add_texts, texts_by_domain


def read(*arguments: str) -> dict[str, list[str]]:
    parser = argparse.ArgumentParser()
    add_texts(parser)
    add_skip(parser)
    return texts_by_domain(parser.parse_args(arguments))


def test_files_of_one_domain_are_read_together(tmp_path: Path) -> None:
    for name, texts in (("a", "转账\n还款"), ("b", "换货"), ("c", "退货")):
        (tmp_path / f"{name}.txt").write_text(texts, encoding="utf-8")
    a, b, c = (str(tmp_path / f"{name}.txt") for name in "abc")
    assert read(f"bank={a}", f"shop={b}", f"shop={c}") == {"bank": ["转账", "还款"], "shop": ["换货", "退货"]}
    assert list(read(a, b).values()) == [["转账", "还款", "换货"]]


def test_a_name_with_a_sign_of_equality_is_a_file_where_there_is_one(tmp_path: Path) -> None:
    file = tmp_path / "x=y.txt"
    file.write_text("转账", encoding="utf-8")
    assert list(read(str(file)).values()) == [["转账"]]
