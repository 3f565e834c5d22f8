"""Whose turn it is at the model."""

from __future__ import annotations

import threading
import time

from calibration.encoding.scheduling import Turns, bulk


def test_a_person_goes_before_a_long_job_and_nobody_twice_in_a_row() -> None:
    turns, order, waiting = Turns(), [], threading.Semaphore(0)

    def take(name: str, long: bool) -> None:
        waiting.release()
        if long:
            with bulk(), turns:
                order.append(name)
        else:
            with turns:
                order.append(name)

    threads = []
    with turns:
        for name, long in (("job", True), ("page", False), ("job 2", True), ("request", False)):
            threads.append(threading.Thread(target=take, args=(name, long)))
            threads[-1].start()
            assert waiting.acquire(timeout=10)
            time.sleep(0.05)  # until it really stands in line
    for thread in threads:
        thread.join(10)
    assert order == ["page", "request", "job", "job 2"]


def test_one_at_a_time() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work() -> None:
        for _ in range(200):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == [1]
