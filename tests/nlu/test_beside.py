"""Work in another process gives what it gives here; a process that dies, or one core, changes nothing."""

from __future__ import annotations

import os
import time

import pytest

from hotline.nlu.beside import Beside


def test_work_is_done_in_another_process() -> None:
    here = os.getpid()
    assert Beside(lambda: (os.getpid(), [1.5]), cores=2).result()[0] != here


def test_both_go_on_at_the_same_time() -> None:
    began = time.monotonic()
    beside = Beside(lambda: time.sleep(0.5), cores=2)
    time.sleep(0.5)
    beside.result()
    assert time.monotonic() - began < 0.9


def test_on_one_core_it_is_done_here() -> None:
    assert Beside(os.getpid, cores=1).result() == os.getpid()


def test_a_process_that_died_is_made_up_for() -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os._exit(1)
        return 7

    assert Beside(work, cores=2).result() == 7


def test_an_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Beside(work, cores=2).result()
