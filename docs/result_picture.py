"""Draws the picture at the top of README, in both languages, from the sample data: run this file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import vl_convert

from calibration import fit_policy, load_encoder, load_pairs, score_pairs
from calibration.report.palette import FONT, INK, LINE, TIER_COLORS

ROOT: Final = Path(__file__).resolve().parent.parent
PRECISION: Final = 0.9
USUAL: Final = 0.85
WIDTH, HEIGHT = 880, 300


@dataclass(frozen=True)
class Words:
    """What the picture says in one language; fields in braces are filled from the data."""

    same: str
    different: str
    score: str
    pairs: str
    title: str
    usual: str
    certified: str


LANGUAGES: Final = {
    "en": Words(
        same="mean the same",
        different="different",
        score="similarity",
        pairs="pairs",
        title="{n:,} customer service pairs, scored by the bundled model",
        usual="Usual 0.85 (dashed): {usual_share:.0%} of the pairs pass, {usual_right:.0%} of those mean the same",
        certified="Certified {threshold:.3f} (solid): {precision:.0%} or more mean the same; finds {recall:.0%}",
    ),
    "zh": Words(
        same="意思相同",
        different="意思不同",
        score="相似度",
        pairs="句对数",
        title="{n:,} 对客服问句，由自带模型打分",
        usual="通用的 0.85（虚线）：{usual_share:.0%} 的句对都能通过，其中只有 {usual_right:.0%} 意思相同",
        certified="有保证的 {threshold:.3f}（实线）：至少 {precision:.0%} 意思相同，能找出其中的 {recall:.0%}",
    ),
}


def measure(scored: pd.DataFrame) -> dict[str, float]:
    """The numbers of the picture: the usual threshold and the certified one on the same pairs."""
    certificate = fit_policy(scored, precision=PRECISION).domains["service"].certificates["same"]
    usual = scored[scored["score"] >= USUAL]
    same = scored["label"] > 0
    return {
        "n": len(scored),
        "precision": PRECISION,
        "threshold": certificate.threshold,
        "recall": (certificate.n_above - certificate.false_positives) / int(same.sum()),
        "usual_share": len(usual) / len(scored),
        "usual_right": float((usual["label"] > 0).mean()),
    }


def spec(scored: pd.DataFrame, words: Words) -> dict[str, Any]:
    """The histogram with both thresholds, as Vega-Lite."""
    numbers = measure(scored)
    kind = scored["label"].gt(0).map({True: words.same, False: words.different})
    rows = [{"score": float(score), "kind": name} for score, name in zip(scored["score"], kind, strict=True)]
    colors = {"domain": [words.same, words.different], "range": [TIER_COLORS["same"], TIER_COLORS["unrelated"]]}
    bars = {
        "data": {"values": rows},
        "mark": {"type": "bar", "opacity": 0.85},
        "encoding": {
            "x": {
                "field": "score",
                "bin": {"step": 0.004},
                "title": words.score,
                "axis": {"tickCount": 12, "format": ".2f"},
            },
            "y": {"aggregate": "count", "title": words.pairs},
            "color": {"field": "kind", "scale": colors, "title": None, "legend": {"orient": "top-right"}},
        },
    }
    return {
        "background": "white",
        "width": WIDTH,
        "height": HEIGHT,
        "title": {
            "text": words.title.format(**numbers),
            "subtitle": [words.usual.format(**numbers), words.certified.format(**numbers)],
            "anchor": "start",
            "fontSize": 16,
            "subtitleFontSize": 14,
            "color": INK,
            "subtitleColor": INK,
            "offset": 12,
        },
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 13, "gridColor": LINE},
        },
        "layer": [bars, _rule(USUAL, [5, 4]), _rule(numbers["threshold"], [1, 0])],
    }


def _rule(at: float, dash: list[int]) -> dict[str, Any]:
    return {
        "data": {"values": [{"at": at}]},
        "mark": {"type": "rule", "strokeWidth": 2, "strokeDash": dash, "color": INK},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }


def draw(folder: Path) -> None:
    """Write result.en.svg and result.zh.svg into `folder`."""
    scored = score_pairs(load_pairs(ROOT / "datasets" / "service" / "pairs.csv"), load_encoder())
    for tag, words in LANGUAGES.items():
        drawn = vl_convert.vegalite_to_svg(spec(scored, words), allowed_base_urls=[])
        (folder / f"result.{tag}.svg").write_text(str(drawn), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
