"""Ask an OpenAI-compatible chat server about pairs: paced, cached in a file, to be gone on with after a break.

Texts and the key of SIMTIER_JUDGE_KEY go to the address given and nowhere else. Every answer is appended to the
cache at once, as a line of JSON that holds no text; a run that was cut short goes on where it ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

import httpx

from calibration.errors import N_, BadArgument, Cancelled, FileUnreadable
from calibration.http.exchange import TRANSIENT, Retries, exchange, understood
from calibration.judging.prompt import VERSION, language_of, messages, verdict
from calibration.settings.declared import JudgeServer

Progress = Callable[[int, int], None]
Pairs = Sequence[tuple[str, str]]
TRIES: Final = 2
"""How often a pair is asked about whose answer says neither yes nor no."""
MOST_TOKENS: Final = 8
MOST_ANSWER: Final = 200


@dataclass(frozen=True)
class Judge:
    """Whom to ask. endpoint: up to and with /v1. per_minute: requests at most, None: no limit. patience: seconds
    for which a server that is busy or away is tried again; timeout: of one request.
    """

    endpoint: str
    model: str
    language: str | None = None
    per_minute: float | None = None
    patience: float = 120.0
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if not self.endpoint.startswith(("http://", "https://")):
            raise BadArgument("--endpoint", N_("an address that begins with http:// or https://"), self.endpoint)
        if self.per_minute is not None and not self.per_minute > 0:
            raise BadArgument("--per-minute", N_("above 0"), self.per_minute)

    @property
    def identity(self) -> str:
        """Changes with all that may change an answer, as far as can be seen from here."""
        asked = [VERSION, self.endpoint, self.model, self.language]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]

    def judge(
        self, pairs: Pairs, cache: Path, progress: Progress | None = None, cancel: Event | None = None
    ) -> list[int | None]:
        """See `judge_pairs`."""
        return judge_pairs(self, pairs, cache, progress, cancel)

    @property
    def url(self) -> str:
        """Where chats are posted."""
        return f"{self.endpoint.rstrip('/')}/chat/completions"


def judge_pairs(
    judge: Judge, pairs: Pairs, cache: Path, progress: Progress | None = None, cancel: Event | None = None
) -> list[int | None]:
    """1, 0, or None (no usable answer) for each pair.

    Raises ServiceUnreachable, ServiceBusy, ServiceRefused, ServiceFailed, FileUnreadable and Cancelled; what was
    answered before is in the cache.
    """
    keys = [_key(judge, a, b) for a, b in pairs]
    known = read_answers(cache)
    missing = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}
    headers = {"Authorization": f"Bearer {key}"} if (key := JudgeServer.read().key) else {}
    pace = 60.0 / judge.per_minute if judge.per_minute else 0.0
    with httpx.Client(timeout=judge.timeout, headers=headers) as client:
        for done, (key, pair) in enumerate(missing.items()):
            if cancel is not None and cancel.is_set():
                raise Cancelled(done, len(missing))
            begun = time.monotonic()
            known[key] = _ask(client, judge, *pair)
            write_answers(cache, {key: known[key]})
            if progress:
                progress(done + 1, len(missing))
            if done + 1 < len(missing):
                time.sleep(max(0.0, pace - (time.monotonic() - begun)))
    return [known[key] for key in keys]


def _ask(client: httpx.Client, judge: Judge, a: str, b: str) -> int | None:
    body = {
        "model": judge.model,
        "messages": messages(a, b, judge.language or language_of(a, b)),
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
    }
    retries = Retries(judge.patience, TRANSIENT, lost=True)
    for _ in range(TRIES):
        response = exchange(lambda: client.post(judge.url, json=body), judge.url, retries)
        if (found := verdict(understood(response, _content))) is not None:
            return found
    return None


def _content(data: Any) -> str:
    return str(data["choices"][0]["message"]["content"])[:MOST_ANSWER]


def _key(judge: Judge, a: str, b: str) -> str:
    """One key a question: other models, prompts and languages give other answers."""
    asked = [VERSION, judge.endpoint, judge.model, judge.language or language_of(a, b), a, b]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def read_answers(cache: Path) -> dict[str, int | None]:
    """Answers so far; a last line that was cut short is left out."""
    found: dict[str, int | None] = {}
    try:
        lines = cache.read_text(encoding="utf-8").splitlines() if cache.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(str(cache), str(error)) from error
    for number, line in enumerate(lines):
        try:
            entry = json.loads(line)
            found[str(entry["key"])] = None if entry["same"] is None else int(entry["same"])
        except (ValueError, KeyError, TypeError) as error:
            if number + 1 < len(lines):
                raise FileUnreadable(str(cache), N_("no cache of a judge's answers, or a damaged one")) from error
    return found


def write_answers(cache: Path, answers: Mapping[str, int | None]) -> None:
    """Add answers at the end, after a line that was cut short too; raises FileUnreadable."""
    lines = "".join(json.dumps({"key": key, "same": same}) + "\n" for key, same in answers.items())
    try:
        with cache.open("a+b") as file:
            whole = file.seek(0, os.SEEK_END) == 0 or (file.seek(-1, os.SEEK_END) >= 0 and file.read(1) == b"\n")
            file.write((lines if whole else f"\n{lines}").encode())
    except OSError as error:
        raise FileUnreadable(str(cache), error.strerror or str(error)) from error
