import random

from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.output import Failure, FailureKind
from mmdt.engine.endpoint.retry import FREE_REJECTIONS, LONGEST_WAIT, Pause, RetryCounter, backoff

BUSY = Failure(FailureKind.RATE_LIMIT, "busy", retryable=True)
SLOW = Failure(FailureKind.TIMEOUT, "no reply", retryable=True)
RESET = Failure(FailureKind.NETWORK, "reset", retryable=True)
WRONG = Failure(FailureKind.BAD_REQUEST, "wrong")


@given(used=st.integers(0, 10_000), seed=st.integers())
def test_backoff_doubles_within_bounds(used, seed):
    wait = backoff(used, random.Random(seed))
    ceiling = min(LONGEST_WAIT, 0.5 * 2 ** min(max(0, used - 1), 20))
    assert ceiling / 2 <= wait <= ceiling


def test_backoff_is_random():
    dice = random.Random(1)
    assert len({backoff(3, dice) for _ in range(20)}) == 20


class TestPatience:
    def test_attempts_are_counted(self):
        retries = RetryCounter(3)
        assert [retries.again(RESET, others_got_through=True) for _ in range(3)] == [True, True, False]

    def test_a_failure_that_is_not_retryable_is_not_retried(self):
        assert not RetryCounter(6).again(WRONG, others_got_through=True)

    def test_a_request_times_out_twice_at_most(self):
        retries = RetryCounter(6, patience=60.0)
        assert retries.again(SLOW, others_got_through=True)
        assert retries.again(BUSY, others_got_through=True)
        assert retries.again(RESET, others_got_through=True)
        assert not retries.again(SLOW, others_got_through=True)

    def test_a_rejection_while_others_get_through_uses_up_no_attempt(self):
        retries = RetryCounter(2)
        assert all(retries.again(BUSY, others_got_through=True) for _ in range(FREE_REJECTIONS))
        assert retries.again(BUSY, others_got_through=True)
        assert not retries.again(BUSY, others_got_through=True)

    def test_a_rejection_of_all_requests_uses_up_an_attempt(self):
        retries = RetryCounter(2)
        assert retries.again(BUSY, others_got_through=False)
        assert not retries.again(BUSY, others_got_through=False)

    def test_rejections_of_all_are_free_while_there_is_patience(self):
        retries = RetryCounter(3, patience=60.0)
        assert all(retries.again(BUSY, others_got_through=False, storm=float(storm)) for storm in range(60))
        assert not retries.again(BUSY, others_got_through=False, storm=60.0)

    def test_other_failures_after_a_storm_have_all_their_attempts(self):
        retries = RetryCounter(3, patience=60.0)
        assert all(retries.again(BUSY, others_got_through=False, storm=1.0) for _ in range(20))
        assert [retries.again(RESET, others_got_through=True) for _ in range(3)] == [True, True, False]


def test_pause_keeps_the_longest_wait():
    pause = Pause()
    assert pause.left(100.0) == 0
    pause.extend(5, now=100.0)
    pause.extend(2, now=101.0)
    assert pause.left(103.0) == 2
    assert pause.left(106.0) == 0
