"""Labels for a false positive rate: the formula against its own test, and the advice at its edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_fpr
from calibration.errors import BadArgument
from calibration.labels.advice import RateAdvice
from calibration.labels.budget import advise
from calibration.stats.sample_size import negatives_needed
from calibration.stats.simultaneous_test import boundary


@pytest.mark.parametrize(("fpr", "true"), [(0.1, 0.05), (0.05, 0.01), (0.2, 0.1)])
def test_it_is_the_smallest_number_whose_exact_test_has_the_power(fpr: float, true: float) -> None:
    def power(m: int) -> float:
        return float(binom.cdf(boundary(np.asarray([m]), 1.0 - fpr, 0.1)[0], m, true))

    needed = negatives_needed(fpr, true)
    assert power(needed) >= 0.8
    assert max(power(m) for m in range(1, needed)) < 0.8
    steady = negatives_needed(fpr, true, steady=True)
    assert power(steady - 1) < 0.8 <= min(power(m) for m in range(steady, steady + 50))


def test_with_so_many_negatives_the_search_finds_that_threshold_or_a_lower_one() -> None:
    """Negatives score uniformly: the true rate at .95 is .05. The chance is binom.cdf(b, 128, .05) = .808."""
    rng, needed = np.random.default_rng(0), negatives_needed(0.1, 0.05)
    positives = np.linspace(0.9, 1.0, 1001)  # so that there is an observed score within .0001 of any threshold
    labels = np.arange(needed + positives.size) >= needed
    found = [certify_fpr(np.r_[rng.random(needed), positives], labels, 0.1).threshold for _ in range(1000)]
    reached = sum(threshold <= 0.9501 for threshold in found)
    assert 760 <= reached <= 860  # 808 +- 4 standard deviations


def advice(certificate: Certificate, tier: str = "same", true: float | None = None) -> RateAdvice:
    nobody = pd.DataFrame({"score": [], "label": [], "kind": [], "domain": []})
    found = advise(nobody, certificate, tier, true_fpr=true)
    assert isinstance(found, RateAdvice)
    return found


def test_the_advice_counts_negatives_and_says_how_many_labels_that_is() -> None:
    labels = [0] * 100 + [1] * 300
    few = advice(certify_fpr(np.linspace(0, 1, 400), labels, 0.1))
    assert (few.verdict, few.needed, few.counted.hits, few.fresh) == ("label_more", 128, 100, True)
    assert few.more == 512  # 128 fresh negatives at a share of a quarter
    untested = advice(certify_fpr(np.linspace(0, 1, 40), [0] * 10 + [1] * 30, 0.1))
    assert (untested.fresh, untested.more) == (False, 472)  # too few to be tested: 118 more are lacking
    assert advice(certify_fpr(np.linspace(0, 1, 400), [0] * 200 + [1] * 200, 0.1)).verdict == "enough"
    mirrored = advice(certify_fpr(np.linspace(0, 1, 400), labels, 0.1), "unrelated")
    assert "pairs that are the same" in str(mirrored)
    assert "漏合并率" in mirrored.explain("zh_CN")


def test_shared_texts_take_more() -> None:
    scores, labels = np.repeat(np.linspace(0, 1, 80), 4), np.repeat(np.arange(80) >= 50, 4)
    texts = np.c_[np.repeat(np.arange(80), 4), 80 + np.arange(320)]
    alone, together = (advice(certify_fpr(scores, labels, 0.1, texts=given)) for given in (None, texts))
    assert together.needed > alone.needed == 128


def test_edges() -> None:
    tied = advice(certify_fpr([0.5] * 100, [0] * 100, 0.1))
    assert (tied.verdict, tied.more) == ("out_of_reach", None)
    none = advice(certify_fpr([0.5, 0.6], [1, 1], 0.1))
    assert (none.verdict, none.more, none.to_json()["counted"]["hits"]) == ("label_more", None, 0)
    assert "cannot be estimated" in str(none)
    assert advice(certify_fpr([], [], 0.1)).to_json()["counted"]["value"] is None
    for wrong in ((0.0, 0.0), (1.0, 0.5), (0.1, 0.1), (0.1, -0.1)):
        with pytest.raises(BadArgument):
            negatives_needed(*wrong)
