"""The audit of a judge, kept in a file, and whether new human labels contradict it.

A judge changes without a word: a server gets another model under the same name, texts change. New human labels are
compared with the counts of the audit kept, exactly; where they contradict it, it is stale and must not be used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from scipy.stats import fisher_exact

from calibration.atomic_file import save_text
from calibration.errors import N_, BadArgument, FileUnreadable
from calibration.messages.note import Note, note
from calibration.stats.threshold_counts import Floats

FORMAT: Final = 1
CHANGED: Final = N_(
    "{domain}: the judge is not as it was audited: it found {before} of the {kind} pairs and finds {now} now (p = "
    "{p_value}); the audit in {file} is stale and is not used. Audit again on fresh labels, into another file"
)


@dataclass(frozen=True)
class Counts:
    """Of `same` pairs, by people, the judge found `hits`; of `different` ones it rejected `rejected`."""

    same: int = 0
    hits: int = 0
    different: int = 0
    rejected: int = 0

    @classmethod
    def of(cls, human: Floats, judged: Floats) -> Counts:
        """human, judged: (n,) 1 or 0 of the same pairs."""
        same = human == 1.0
        return cls(
            int(same.sum()),
            int((same & (judged == 1.0)).sum()),
            int((~same).sum()),
            int((~same & (judged == 0.0)).sum()),
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass(frozen=True)
class Change:
    """A rate of the judge that new labels contradict. kind: of pairs, `same` or `different`; before, now: of how
    many it was right, and of how many in all.
    """

    domain: str
    kind: str
    before: tuple[int, int]
    now: tuple[int, int]
    p_value: float

    def sentence(self, file: str) -> Note:
        """For people."""
        before, now = ("/".join(map(str, counts)) for counts in (self.before, self.now))
        kind = N_("same") if self.kind == SAME_KIND else N_("different")
        shown = f"{self.p_value:.2g}"
        return note(CHANGED, domain=self.domain, kind=note(kind), before=before, now=now, p_value=shown, file=file)


SAME_KIND: Final = "same"


def changes(before: Mapping[str, Counts], now: Mapping[str, Counts], error: float) -> tuple[Change, ...]:
    """The rates that differ, by Fisher's exact test; a judge that stayed as it was is accused with probability at
    most `error`, over all domains and both rates.
    """
    both = [domain for domain in before if domain in now]
    tests = 2 * len(both)
    found = []
    for domain in both:
        old, new = before[domain], now[domain]
        for kind, was, is_ in (
            (SAME_KIND, (old.hits, old.same), (new.hits, new.same)),
            ("different", (old.rejected, old.different), (new.rejected, new.different)),
        ):
            table = [[right, total - right] for right, total in (was, is_)]
            p_value = float(fisher_exact(table).pvalue)
            if p_value <= error / tests:
                found.append(Change(domain, kind, was, is_, p_value))
    return tuple(found)


def read_audit(file: Path, judge: str) -> dict[str, Counts]:
    """The counts kept by domain, none where there is no file yet.

    Raises FileUnreadable and, for an audit of another judge, BadArgument.
    """
    if not file.exists():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["kind"] != "judge_audit" or data["format"] != FORMAT:
            raise ValueError
        found = {str(domain): Counts(**counts) for domain, counts in data["domains"].items()}
        kept = str(data["judge"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileUnreadable(str(file), N_("no audit of a judge, or a damaged one")) from error
    if kept != judge:
        raise BadArgument(
            "--audit", N_("of this judge: model, prompt and address, or folder, are others"), str(file)
        )
    return found


def write_audit(file: Path, judge: str, counts: Mapping[str, Counts]) -> None:
    """Keep the counts, all of them or nothing."""
    domains: dict[str, Any] = {domain: asdict(one) for domain, one in counts.items()}
    data = {"kind": "judge_audit", "format": FORMAT, "judge": judge, "domains": domains}
    save_text(file, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
