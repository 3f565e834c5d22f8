"""The Python client against the real server, and against one that answers 503 as often as a test sets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from calibration.client import Client
from calibration.corpus import from_policy, match_texts
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument, ServiceBusy, ServiceFailed, ServiceRefused, ServiceUnreachable
from calibration.http.exchange import pause
from calibration.messages.catalogues import explain
from calibration.store import Store

SOURCE = "花呗怎么还款"
TARGETS = ["花呗如何还款", "今天天气不错"]


@pytest.fixture(scope="module")
def simtier(url: str) -> Iterator[Client]:
    with Client(url) as opened:
        yield opened


@pytest.mark.usefixtures("publish")
def test_similarity_and_policy(simtier: Client, encoder: CachedEncoder, api_store: Store) -> None:
    found = simtier.similarity([SOURCE], TARGETS, domain="bank")
    vectors = encoder.encode([SOURCE, *TARGETS])
    assert found.scores == pytest.approx(vectors[:1] @ vectors[1:].T, abs=1e-5)
    assert found.tiers is not None
    assert found.policy is not None
    policy = simtier.current_policy()
    assert found.tiers[0][0] == policy.tier(found.scores[0, 0], "bank")
    assert found.policy.id == policy.id
    assert simtier.similarity(["a\u200b"], ["a"], domain="bank").notices[0].code == "cleaned"


@pytest.mark.usefixtures("publish")
def test_matching_is_the_librarys(simtier: Client, encoder: CachedEncoder) -> None:
    faq, keys = ["花呗如何还款", "怎么还花呗", "今天天气不错"], ["repay", "repay", " "]
    found = simtier.match([SOURCE, "附近有什么好吃的"], faq, domain="bank", keys=keys, k=2)
    policy = simtier.current_policy()
    wanted = match_texts(
        faq,
        [SOURCE, "附近有什么好吃的"],
        encoder,
        from_policy(policy, encoder, "bank"),
        keys=["repay", "repay", faq[2]],
        k=2,
    )
    for one, other in zip(found.matches, wanted.found, strict=True):
        assert one.decision == other.decision
        assert [near.index for near in one.answers] == other.rows.tolist()
        assert [near.score for near in one.answers] == pytest.approx(other.scores.tolist(), abs=1e-5)
        assert [near.tier for near in one.answers] == wanted.tiers(other)
    assert [one.decision for one in found.matches] == ["answered", "no_answer"]
    assert found.matches[0].answer is not None
    assert (found.matches[0].answer.key, found.matches[1].answer) == ("repay", None)
    assert {near.key for near in found.matches[1].answers} == {"repay", faq[2]}
    assert found.policy is not None
    assert (found.policy.id, found.threshold, found.source) == (policy.id, 0.95, "manual")
    own = simtier.match([SOURCE], faq, domain="bank", threshold=1.0)
    assert (own.matches[0].decision, own.matches[0].answers[0].tier, own.policy) == ("no_answer", None, None)


def test_embeddings_of_more_texts_than_one_request_takes(simtier: Client, encoder: CachedEncoder) -> None:
    texts = [f"第{number}句" for number in range(300)]
    vectors = simtier.embeddings(texts)
    assert (vectors.shape, vectors.dtype) == ((300, encoder.dim), np.float32)
    some = [0, 255, 256, 299]
    assert vectors[some] == pytest.approx(encoder.encode([texts[n] for n in some]), abs=1e-5)
    assert simtier.embeddings([]).shape == (0, 0)
    with pytest.raises(BadArgument, match="not one text"):
        simtier.embeddings("one")


def test_predict_in_its_three_forms(simtier: Client, encoder: CachedEncoder) -> None:
    scores = simtier.predict(SOURCE, TARGETS)
    assert scores == pytest.approx((encoder.encode([SOURCE]) @ encoder.encode(TARGETS).T)[0], abs=1e-5)
    groups = [(SOURCE, TARGETS[0], TARGETS[1]), (TARGETS[1], SOURCE, TARGETS[1])]
    assert simtier.predict_groups(groups) == pytest.approx([*scores, scores[1], 1.0], abs=1e-5)
    unit, raw = simtier.predict_vector(SOURCE, normalize=True), simtier.predict_vector(SOURCE)
    assert unit == pytest.approx(encoder.encode([SOURCE])[0], abs=1e-5)
    assert raw == pytest.approx(encoder.raw(SOURCE), abs=1e-4)
    assert len(simtier.predict(SOURCE, ["two\u2028parts", "of one\x85text"])) == 2
    for target in ("", "two\nlines"):
        with pytest.raises(BadArgument, match="one line"):
            simtier.predict(SOURCE, [target])
    with pytest.raises(BadArgument, match="at least two"):
        simtier.predict_groups(groups[:1])


def test_a_bad_case_is_reported_once(simtier: Client, api_store: Store) -> None:
    first = simtier.report_bad_case("怎么开户", "怎么销户", "not_same", note="opposite")
    again = simtier.report_bad_case("怎么开户", "怎么销户", "not_same")
    assert (first.created, again.created, again.id) == (True, False, first.id)
    assert api_store.bad_cases.get(first.id).note == "opposite"


def test_health(simtier: Client) -> None:
    assert simtier.health().ready


def test_what_is_refused_says_which_field(simtier: Client) -> None:
    with pytest.raises(ServiceRefused) as refused:
        simtier.embeddings(["ok", " "])
    assert (refused.value.status, refused.value.code, refused.value.field) == (422, "bad_field", "input.1")
    with pytest.raises(ServiceRefused) as refused:
        simtier.similarity(["\ud800"], ["a"])
    assert refused.value.status == 422
    with pytest.raises(ServiceRefused) as refused:
        simtier.predict_vector("长" * 2000, truncate=False)
    assert "422" in explain(refused.value, "zh_CN")


Answer = tuple[int, dict[str, str], bytes]
Play = Callable[..., str]


@pytest.fixture
def asked() -> list[float]:
    """When the server of `play` was asked, in seconds."""
    return []


@pytest.fixture
def play(asked: list[float]) -> Iterator[Play]:
    """`play(answers)` is the address of a server that gives those answers in turn, the last one for ever."""
    servers = []

    def start(*answers: Answer) -> str:
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked.append(time.monotonic())
                self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, body = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


BUSY: Answer = (503, {"Retry-After": "1"}, b'{"error": {"code": "busy", "message": "later", "field": null}}')
GOOD: Answer = (200, {}, json.dumps({"data": [0.5], "is_generating": False, "duration": 0.1}).encode())


def test_it_comes_back_when_it_is_told(play: Play, asked: list[float]) -> None:
    with Client(play(BUSY, BUSY, GOOD)) as simtier:
        assert simtier.predict("a", ["b"]) == [0.5]
    assert len(asked) == 3
    assert (np.diff(asked) >= 1).all()


def test_its_patience_ends(play: Play, asked: list[float]) -> None:
    with Client(play(BUSY), patience=1) as simtier, pytest.raises(ServiceBusy) as refused:
        simtier.predict("a", ["b"])
    assert len(asked) == 1  # a second try would begin after its end
    assert (refused.value.status, refused.value.code) == (503, "busy")


def test_a_pause_is_never_shorter_than_told() -> None:
    import httpx

    told = httpx.Response(503, headers={"Retry-After": "4"})
    assert [pause(told, 1.0, chance) for chance in (0, 0.5, 0.999)] == pytest.approx([4, 5, 6], abs=0.01)
    assert pause(httpx.Response(503, headers={"Retry-After": "soon"}), 1.0, 0) == 1


@pytest.mark.parametrize(
    "answer", [(502, {}, b"<html>"), (200, {}, b"<html>"), (200, {}, b"[]"), (200, {}, b'{"data": null}')]
)
def test_what_is_no_answer_of_ours_is_said_to_be_none(play: Play, answer: Answer) -> None:
    with Client(play(answer)) as simtier, pytest.raises(ServiceFailed) as failed:
        simtier.predict("a", ["b"])
    assert failed.value.status == answer[0]


def test_nobody_there() -> None:
    with Client("http://127.0.0.1:9", timeout=2) as simtier:
        for ask in (simtier.health, simtier.current_policy):
            with pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:9"):
                ask()
