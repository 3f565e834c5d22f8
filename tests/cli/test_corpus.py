"""Files of texts on the command line: dedup, match, embed, search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.cli.comparing import Comparing
from calibration.encoding import CachedEncoder
from calibration.policies.policy import DomainPolicy, Policy
from calibration.settings import DATABASE_VARIABLE, VECTOR_BYTES_VARIABLE
from calibration.store import open_store

DATASETS = Path(__file__).parents[2] / "datasets"
TITLES, FAQ, QUERIES = DATASETS / "titles/titles.csv", DATASETS / "faq/faq.csv", DATASETS / "faq/queries.csv"


@pytest.fixture
def policy(encoder: CachedEncoder) -> Policy:
    shop = DomainPolicy({"same": 0.99, "related": 0.96, "weak": None})
    return Policy(
        {"shop": shop}, name="shop", fingerprint=encoder.fingerprint, cleaner="1", segments="none", id="p1"
    )


def test_dedup_writes_clusters_with_reasons(cli: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    told = cli.ok("dedup", TITLES, "--column", "title", "-o", out)
    frame = pd.read_csv(out, keep_default_na=False)
    assert (told["rows"], len(frame)) == (54, 54)
    assert told["kept"] == int(frame["kept"].sum()) == 54 - told["identical"] - told["same_meaning"]
    assert told["identical"] == 2
    assert (told["threshold"]["source"], told["threshold"]["policy"]) == ("default", None)
    assert (frame["score"] >= told["threshold"]["value"]).all()
    assert list(frame.columns[:4]) == ["id", "title", "price", "group"]
    kept = frame.set_index(frame.index + 2)["title"]
    assert (frame["representative"] == frame["representative_row"].map(kept)).all()

    manual = cli.ok("dedup", TITLES, "--column", "title", "-o", out, "--threshold", 0.999, "--kept-only")
    assert manual["threshold"]["source"] == "manual"
    assert len(pd.read_csv(out)) == manual["kept"] == 52
    assert (
        "manual, not certified"
        in cli.here("dedup", TITLES, "--column", "title", "-o", out, "--threshold", 1).stdout
    )


def test_the_threshold_is_a_policys_tier_given_or_in_force(
    cli: Any, tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, path, other = tmp_path / "o.csv", tmp_path / "p.json", tmp_path / "other.json"
    policy.save(path)
    given = cli.ok("dedup", TITLES, "--column", "title", "-o", out, "--policy", path)["threshold"]
    assert (given["value"], given["source"], given["policy"]["name"]) == (0.99, "manual", "shop")
    lower = cli.ok("dedup", TITLES, "--column", "title", "-o", out, "--policy", path, "--tier", "related")
    assert lower["threshold"]["value"] == 0.96
    base = ("dedup", TITLES, "--column", "title", "-o", out)
    assert "one that the policy has" in cli.refused(*base, "--policy", path, "--tier", "weak")
    assert "'bank' is not in this policy" in cli.refused(*base, "--policy", path, "--domain", "bank")
    Policy(policy.domains, fingerprint="0" * 32, cleaner="1").save(other)
    assert "0" * 32 in cli.refused(*base, "--policy", other)

    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    with open_store(url) as store:
        store.policies.publish(store.policies.save(policy).id)
    assert cli.ok(*base)["threshold"]["policy"]["name"] == "shop"
    assert cli.ok("match", FAQ, QUERIES, "-o", out)["threshold"]["value"] == 0.99


def test_bad_input_is_one_line(cli: Any, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.csv", tmp_path / "o.csv"
    bad.write_text("title,n\n你好,1\n ,2\n你好,3\n")
    assert "row 3, column title: must not be blank" in cli.refused("dedup", bad, "--column", "title", "-o", out)
    told = cli.ok("dedup", bad, "--column", "title", "-o", out, "--skip-bad-rows")
    assert (told["rows"], told["bad_rows"], told["problems"][0]["row"]) == (2, 1, 3)
    assert pd.read_csv(out)["n"].tolist() == [1, 3]
    assert "no column 'nope'; found: title, n" in cli.refused("dedup", bad, "--column", "nope", "-o", out)
    assert "several columns" in cli.refused("dedup", bad, "-o", out)
    assert "第 3 行" in cli.refused("dedup", bad, "--column", "title", "-o", out, LC_ALL="zh_CN.UTF-8")
    assert "between -1 and 1" in cli.refused("dedup", TITLES, "--column", "title", "-o", out, "--threshold", 2)
    assert "-o" in cli.refused("dedup", TITLES, "--column", "title", "-o", tmp_path / "o.doc")
    assert "-o" in cli.refused("embed", TITLES, "--column", "title", "-o", tmp_path / "no" / "v.npy")
    assert "vectors" in cli.refused("embed", TITLES, "--column", "title", "-o", tmp_path / "v.txt")
    assert "--domain" in cli.refused("dedup", TITLES, "--column", "title", "-o", out, "--domain", "shop")


def test_match_answers_and_is_judged(cli: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    told = cli.ok("match", FAQ, QUERIES, "-o", out, "-k", 2)
    frame = pd.read_csv(out, keep_default_na=False)
    assert (told["faq"], told["queries"], sum(told["decisions"].values())) == (24, 60, 60)
    assert len(frame) == 120
    assert frame["rank"].tolist() == [1, 2] * 60
    assert (frame[frame["decision"] == "no_answer"].groupby("query_row")["score"].max() < 0.95).all()
    judged = told["evaluation"]
    assert (judged["n"], judged["in_scope"]) == (60, 48)
    best = frame[frame["rank"] == 1]
    assert judged["hits"]["1"]["hits"] == int((best["answer_key"] == best["expected"]).sum())
    assert judged["mrr"]["low"] <= judged["mrr"]["value"] <= judged["mrr"]["high"]
    assert judged["coverage_out_of_fold"]["n"] == 60
    assert "mean reciprocal rank" in cli.here("match", FAQ, QUERIES, "-o", out).stdout

    plain = tmp_path / "q.txt"
    plain.write_text("怎么退货\n转人工\n", encoding="utf-8")
    assert cli.ok("match", FAQ, plain, "-o", out)["evaluation"] is None
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("query,expected\n怎么退货,nothing\n", encoding="utf-8")
    assert "names no answer of the FAQ" in cli.refused("match", FAQ, wrong, "-o", out)
    assert "k: must be" in cli.refused("match", FAQ, QUERIES, "-o", out, "-k", 0)


def test_from_a_file_the_answers_are_those_from_memory(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, other = tmp_path / "one.csv", tmp_path / "other.csv"
    inside = cli.ok("dedup", TITLES, "--column", "title", "-o", out)
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "1000")
    beyond = cli.ok("dedup", TITLES, "--column", "title", "-o", other)
    assert out.read_bytes() == other.read_bytes()
    assert inside["recall"] is beyond["recall"] is None
    cli.ok("match", FAQ, QUERIES, "-o", other)
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "much")
    assert VECTOR_BYTES_VARIABLE in cli.refused("dedup", TITLES, "--column", "title", "-o", other)


def test_embed_then_search_in_processes_of_their_own(cli: Any, tmp_path: Path) -> None:
    out = tmp_path / "v.npy"
    done = cli.run("embed", TITLES, "--column", "title", "-o", out, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["resumed"]) == (54, 0)
    assert [(file["rows"], file["left_out"]) for file in told["files"]] == [(54, 0)]
    assert np.load(out).shape == (54, told["dim"])
    found = cli.ok("search", out, "保温杯", "-k", 3)["results"][0]["hits"]
    assert all("保温杯" in hit["text"] for hit in found)
    facts = json.loads((tmp_path / "v.npy.json").read_text())
    (tmp_path / "v.npy.json").write_text(json.dumps({**facts, "fingerprint": "0" * 32}))
    assert "0" * 32 in cli.refused("search", out, "保温杯")


def test_blocks_keep_rows_apart_and_a_missing_column_is_named(cli: Any, tmp_path: Path) -> None:
    out, titles = tmp_path / "o.csv", tmp_path / "titles.csv"
    titles.write_text("shop,title\na,不锈钢保温杯\nb,不锈钢保温杯\nb,不锈钢保温杯\n", encoding="utf-8")
    asked = ("dedup", titles, "--column", "title", "-o", out)
    assert cli.ok(*asked)["kept"] == 1
    told = cli.ok(*asked, "--block", "shop")
    assert (told["kept"], told["block"], told["cost"]) == (2, ["shop"], None)
    assert "no column 'brand'; found: shop, title" in cli.refused(*asked, "--block", "shop,brand")
    assert "--block" in cli.refused(*asked, "--block", "shop,")
    assert "--engine ray" in cli.refused(*asked, "--shared", tmp_path)
    faq = tmp_path / "faq.csv"
    faq.write_text("shop,question\na,怎么退货\n", encoding="utf-8")
    queries = tmp_path / "queries.csv"
    queries.write_text("shop,query\na,怎么退货\nb,怎么退货\n", encoding="utf-8")
    told = cli.ok("match", faq, queries, "-o", out, "--block", "shop")
    assert told["decisions"] == {"answered": 1, "ambiguous": 0, "no_answer": 1}


def test_why_nothing_was_left_to_an_index_is_said_with_blocks_too() -> None:
    (whole,) = Comparing(approximate=True).to_lines(None)
    assert whole.endswith("the vectors take no more than SIMTIER_VECTOR_BYTES")
    within, *_ = Comparing(approximate=True, blocks=("shop",)).to_lines(None)
    assert "no block has more than 4,096 texts, or all vectors fit" in within
