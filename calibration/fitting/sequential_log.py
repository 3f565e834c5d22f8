"""The log of a domain-by-domain labelling that is looked at as it goes: what `fit --sequential` keeps between runs.

It holds, by domain, the pairs labelled so far in the order of their draw (as hashes: no text), and a sequential
certifier for every tier. Fitting again adds the pairs that are new and gives the certificates that hold then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from calibration.atomic_file import save_text
from calibration.certificates.certificate import CLAIM_ALL, CLAIM_TIER, Certificate
from calibration.certificates.next_draw import NextDraw
from calibration.certificates.score_floor import row_floors
from calibration.certificates.sequential import EXPECTED, SequentialCertifier
from calibration.certificates.sequential_fpr import next_rate_draw, sequential_fpr
from calibration.columns import DOMAIN, LABEL, LOWEST_SCORE, SAME, SCORE, TEXT_A, TEXT_B, THRESHOLD_TIERS, UNRELATED
from calibration.errors import N_, BadArgument, EmptyInput, FileUnreadable, LabelChanged
from calibration.fitting.fit import FitSettings, share_of
from calibration.pairs.positive import positives
from calibration.pairs.purpose import calibration_rows
from calibration.stats.threshold_counts import Floats, mirrored, quantise
from calibration.text.cleaning import clean

KIND: Final = "simtier_sequential_log"
FORMAT: Final = 1


@dataclass
class _Domain:
    """What is kept of one domain: tiers in the order in which they are certified, labels in that of the draw."""

    tiers: tuple[str, ...]
    certifiers: dict[str, SequentialCertifier] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    labels: dict[str, list[float | None]] = field(default_factory=dict)


@dataclass
class SequentialLog:
    """See the module. asked: what the log was begun with; nothing of it may change after looking."""

    asked: Mapping[str, Any]
    domains: dict[str, _Domain] = field(default_factory=dict)

    @classmethod
    def begin(cls, settings: FitSettings, fingerprint: str | None, labels: int = EXPECTED) -> SequentialLog:
        """An empty log for these settings and this model."""
        return cls(_asked(settings, fingerprint) | {"labels": labels})

    def check(self, settings: FitSettings, fingerprint: str | None) -> None:
        """Raise BadArgument where something else is asked now than when the log was begun."""
        for name, value in _asked(settings, fingerprint).items():
            if self.asked.get(name) != value:
                rule = N_(
                    "the value that the log was started with, which cannot change after a look; start "
                    "another log for a new one"
                )
                raise BadArgument(name, rule, value)

    def extend(self, scored: pd.DataFrame, pool: pd.DataFrame | None, settings: FitSettings) -> int:
        """Take in the pairs of a scored frame, in its order, that are new; gives how many those are.

        pool: unlabelled pairs with scores, needed for a domain that the log does not know yet. Raises LabelChanged,
        EmptyInput, and what `SequentialCertifier.update` raises; then the log must not be used further.
        """
        rows = calibration_rows(scored)
        names = sorted(map(str, rows[DOMAIN].unique()))
        self.asked = {"domains": names, **self.asked}
        new = 0
        for name in names:
            own = rows[rows[DOMAIN] == name]
            if name not in self.domains:
                if self.asked["claim"] == CLAIM_ALL and self.asked.get("domains", names) != names:
                    raise BadArgument("claim", N_("tier or domain, where domains are added to a log"), CLAIM_ALL)
                self.domains[name] = self._begun(name, own, pool, settings, len(names))
            new += self._take(self.domains[name], own)
        return new

    def certificates(self) -> dict[str, dict[str, Certificate]]:
        """By domain and tier, the certificates that hold now."""
        return {
            name: {tier: self._certificate(one, tier) for tier in one.tiers} for name, one in self.domains.items()
        }

    def next_draws(self) -> dict[str, dict[str, NextDraw | None]]:
        """By domain and tier, where labels bring the next certificate nearest."""
        return {
            name: {tier: self._next_draw(one, tier) for tier in one.tiers} for name, one in self.domains.items()
        }

    def _begun(
        self, name: str, rows: pd.DataFrame, pool: pd.DataFrame | None, settings: FitSettings, domains: int
    ) -> _Domain:
        told = [tier for tier in THRESHOLD_TIERS if np.isfinite(positives(rows, tier)).any() or tier == SAME]
        tiers = (SAME, UNRELATED) if told == [SAME] else tuple(told)
        made = _Domain(tiers, labels={tier: [] for tier in tiers})
        if settings.fpr is not None:
            return made
        scores = np.empty(0) if pool is None else pool.loc[pool[DOMAIN] == name, SCORE].to_numpy(dtype=np.float64)
        if not np.isfinite(scores).any():
            raise EmptyInput(N_("--pool, for a domain that the log does not know yet"))
        confidence = share_of(settings, len(tiers), domains)
        for tier in tiers:
            signed = -quantise(scores[np.isfinite(scores)]) if tier == UNRELATED else scores
            made.certifiers[tier] = SequentialCertifier(
                signed, settings.precision_of(tier), confidence, labels=int(self.asked["labels"])
            )
        return made

    def _take(self, domain: _Domain, rows: pd.DataFrame) -> int:
        fresh: list[int] = []
        for place, (a, b, label) in enumerate(zip(rows[TEXT_A], rows[TEXT_B], rows[LABEL], strict=True)):
            key = _key(str(a), str(b))
            before = domain.pairs.setdefault(key, float(label))
            if before != float(label):
                raise LabelChanged(str(a), str(b), before, float(label))
            fresh += [place] if len(domain.pairs) > len(domain.scores) + len(fresh) else []
        added = rows.iloc[fresh]
        domain.scores += quantise(added[SCORE].to_numpy(dtype=np.float64)).tolist()
        floors = row_floors(added)
        for tier in domain.tiers:
            labels = 1.0 - positives(added, SAME) if tier == UNRELATED else positives(added, tier)
            domain.labels[tier] += [None if np.isnan(value) else float(value) for value in labels]
            if tier in domain.certifiers:
                _update(domain.certifiers[tier], added[SCORE].to_numpy(dtype=np.float64), labels, floors, tier)
            elif (floors > LOWEST_SCORE).any():
                raise BadArgument("--fpr", N_("asked of labels drawn from all pairs, above no floor"), floors.max())
        return len(fresh)

    def _certificate(self, domain: _Domain, tier: str) -> Certificate:
        certifier = domain.certifiers.get(tier)
        found = sequential_fpr(*self._rate(domain, tier)) if certifier is None else certifier.certificate
        if tier != UNRELATED or not found.certified:
            return found
        return replace(found, threshold=mirrored(found.threshold))

    def _next_draw(self, domain: _Domain, tier: str) -> NextDraw | None:
        certifier, below = domain.certifiers.get(tier), tier == UNRELATED
        if certifier is None:
            found = next_rate_draw(*self._rate(domain, tier))
        else:
            found = certifier.next_draw(everywhere=below)
        return replace(found, threshold=mirrored(found.threshold)) if found is not None and below else found

    def _rate(self, domain: _Domain, tier: str) -> tuple[Floats, Floats, float, float]:
        """What a certified rate rests on: scores, labels, the rate and the confidence of one certificate."""
        scores = np.asarray(domain.scores, dtype=np.float64)
        labels = np.asarray(domain.labels[tier], dtype=np.float64)
        sure = 1.0 - (1.0 - self.asked["confidence"]) / self._shared(domain)
        return (-scores if tier == UNRELATED else scores), labels, self.asked["fpr"], sure

    def _shared(self, domain: _Domain) -> int:
        claim = self.asked["claim"]
        if claim == CLAIM_TIER:
            return 1
        return len(domain.tiers) * (len(self.asked["domains"]) if claim == CLAIM_ALL else 1)

    def save(self, path: str | Path) -> None:
        """Write it whole; raises FileUnreadable."""
        domains = {
            name: {
                "tiers": one.tiers,
                "certifiers": {tier: certifier.to_json() for tier, certifier in one.certifiers.items()},
                "pairs": one.pairs,
                "scores": one.scores,
                "labels": one.labels,
            }
            for name, one in self.domains.items()
        }
        data = {"kind": KIND, "format": FORMAT, "asked": dict(self.asked), "domains": domains}
        save_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False))

    @classmethod
    def load(cls, path: str | Path) -> SequentialLog:
        """Read it; raises FileUnreadable."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
            if data["kind"] != KIND or data["format"] != FORMAT:
                raise ValueError
            domains = {
                name: _Domain(
                    tuple(one["tiers"]),
                    {tier: SequentialCertifier.from_json(item) for tier, item in one["certifiers"].items()},
                    dict(one["pairs"]),
                    list(one["scores"]),
                    dict(one["labels"]),
                )
                for name, one in data["domains"].items()
            }
            return cls(dict(data["asked"]), domains)
        except OSError as error:
            raise FileUnreadable(str(path), error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError, BadArgument) as error:
            raise FileUnreadable(str(path), N_("no log of fit --sequential, or a damaged one")) from error


def _asked(settings: FitSettings, fingerprint: str | None) -> dict[str, Any]:
    return {
        "precision": settings.precision,
        "tier_precision": dict(settings.tier_precision),
        "fpr": settings.fpr,
        "confidence": settings.confidence,
        "claim": settings.claim,
        "fingerprint": fingerprint,
    }


def _update(certifier: SequentialCertifier, scores: Floats, labels: Floats, floors: Floats, tier: str) -> None:
    """Labels in runs of one floor; of those drawn above a floor the mirrored tier learns nothing."""
    ends = np.append(np.flatnonzero(np.diff(floors)) + 1, floors.size)
    begin = 0
    for end in ends.tolist():
        run = slice(begin, end)
        begin = end
        if tier == UNRELATED:
            if floors[run].size and floors[run][0] <= LOWEST_SCORE:
                certifier.update(-quantise(scores[run]), labels[run])
        elif floors[run].size:
            certifier.update(scores[run], labels[run], floor=float(floors[run][0]))


def _key(a: str, b: str) -> str:
    """One key for a pair either way round, of which nobody can read the texts."""
    texts = "\x00".join(sorted((clean(a), clean(b))))
    return hashlib.sha256(texts.encode()).hexdigest()[:32]
