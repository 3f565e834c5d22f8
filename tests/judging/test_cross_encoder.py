"""A cross-encoder folder as judge, on tiny models with seeded weights; and audits that new labels contradict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from calibration.cli.main import main
from calibration.errors import BadArgument, FileUnreadable, ModelUnusable, WeightsUnsafe
from calibration.judging.cross_encoder import CrossEncoder, _Loaded
from calibration.judging.kept_audit import Counts, changes, read_audit, write_audit

PAIRS = [("开户", "办卡"), ("怎么还款", "如何还款"), ("转账", "贷款"), ("贷款", "转账")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("cross"), 1)


def tiny(folder: Path, labels: int, names: dict[int, str] | None = None) -> Path:
    """A BERT of one small layer, its weights from a seed, as transformers saves it."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"开户办卡怎么如何还款转账贷"]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, initializer_range=1.0, num_labels=labels,
    )  # fmt: skip
    if names:
        config.id2label = names
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_folder_judges_either_way_round_alike_and_once(folder: Path, tmp_path: Path) -> None:
    judge, cache = CrossEncoder(folder), tmp_path / "cache.jsonl"
    told: list[tuple[int, int]] = []
    found = judge.judge(PAIRS, cache, lambda done, total: told.append((done, total)))
    assert found[2] == found[3]
    assert told[-1] == (3, 3), "a pair the other way round is the same question"
    assert judge.judge([(b, a) for a, b in PAIRS], cache, lambda *_: told.append((0, 0))) == found
    assert told[-1] != (0, 0)
    assert "开户" not in cache.read_text(encoding="utf-8")
    lines = [CrossEncoder(folder, at).judge(PAIRS, tmp_path / f"{at}") for at in (0.001, 0.999)]
    assert lines == [[1, 1, 1, 1], [0, 0, 0, 0]]
    assert CrossEncoder(folder, 0.4).identity != judge.identity


def test_two_labels_and_named_ones(tmp_path: Path) -> None:
    for name, labels, names in (("two", 2, None), ("nli", 3, {0: "contradiction", 1: "neutral", 2: "entailment"})):
        (tmp_path / name).mkdir()
        answers = CrossEncoder(tiny(tmp_path / name, labels, names)).judge(PAIRS, tmp_path / f"{name}.jsonl")
        assert set(answers) <= {0, 1}
    (tmp_path / "odd").mkdir()
    with pytest.raises(ModelUnusable, match="entailment"):
        CrossEncoder(tiny(tmp_path / "odd", 3)).judge(PAIRS, tmp_path / "odd.jsonl")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable):
        CrossEncoder(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(WeightsUnsafe):
        CrossEncoder(tmp_path)
    with pytest.raises(BadArgument):
        CrossEncoder(tmp_path, 1.0)


def test_command_keeps_the_audit_and_refuses_it_once_labels_contradict_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"{a}{b}{c}" for a in "开户办卡" for b in "还款转账" for c in "怎么如何"]
    texts = [(a, b) for a in words[:16] for b in words[16:24]]
    pool = pd.DataFrame(texts, columns=["text_a", "text_b"]).assign(domain="bank")
    pool.to_csv(tmp_path / "pool.csv", index=False)
    line = f"{np.median(_Loaded(folder).scores(texts)):.6f}"  # a seeded model knows nothing: half of the pairs
    said = np.array(CrossEncoder(folder, float(line)).judge(texts, tmp_path / "answers"))
    assert 10 < said.sum() < len(said) - 10
    rng = np.random.default_rng(0)
    for name, wrong in (("first", 0.05), ("again", 0.05), ("changed", 0.6)):
        rows = rng.choice(len(pool), 80, replace=False)
        flipped = rng.random(80) < wrong
        drawn = pool.iloc[rows].assign(label=np.where(flipped, 1 - said[rows], said[rows]))
        drawn.to_csv(tmp_path / f"{name}.csv", index=False)
    audit = tmp_path / "audit.json"

    def run(labelled: str, *more: str) -> int:
        files = [str(tmp_path / name) for name in ("pool.csv", "out.csv", f"{labelled}.csv")]
        given = ["--cross-encoder", str(folder), "--at-least", line, "--audit", str(audit), "--json"]
        return main(["judge", files[0], "-o", files[1], "--labelled", files[2], *given, *more])

    assert run("first") == 0
    kept = json.loads(audit.read_text())["domains"]["bank"]
    assert kept["same"] + kept["different"] == 80
    assert run("again") == 0
    kept = audit.read_text()
    assert json.loads(kept)["domains"]["bank"]["same"] > 40
    capsys.readouterr()
    assert run("changed") == 3
    found = json.loads(capsys.readouterr().out)["audit"]
    assert found["stale"][0]["domain"] == "bank"
    assert audit.read_text() == kept, "the stale audit is left as it is"
    assert run("again", "--at-least", "0.9") == 2
    assert "of this judge" in capsys.readouterr().err
    assert main(["judge", str(tmp_path / "pool.csv"), "-o", str(tmp_path / "out.csv")]) == 2


def test_a_judge_that_stayed_as_it_was_is_seldom_accused() -> None:
    """Fisher's test is exact, so below the error agreed whatever the judge's rates are."""
    rng, accused = np.random.default_rng(1), 0
    for _ in range(400):
        old, new = ({"d": Counts(60, int(rng.binomial(60, 0.9)), 90, int(rng.binomial(90, 0.8)))} for _ in range(2))
        accused += bool(changes(old, new, 0.1))
    assert accused / 400 <= 0.1
    before, now = {"d": Counts(100, 95, 100, 90)}, {"d": Counts(60, 40, 60, 54)}
    (found,) = changes(before, now, 0.1)
    assert (found.kind, found.before, found.now) == ("same", (95, 100), (40, 60))
    assert "95/100" in str(found.sentence("audit.json"))


def test_a_damaged_audit_is_named(tmp_path: Path) -> None:
    assert read_audit(tmp_path / "none.json", "j") == {}
    write_audit(tmp_path / "a.json", "j", {"d": Counts(1, 1, 1, 0)})
    assert read_audit(tmp_path / "a.json", "j") == {"d": Counts(1, 1, 1, 0)}
    whole = {"kind": "judge_audit", "format": 1, "judge": "j", "domains": {"d": {"x": 1}}}
    (tmp_path / "b.json").write_text(json.dumps(whole))
    with pytest.raises(FileUnreadable):
        read_audit(tmp_path / "b.json", "j")
