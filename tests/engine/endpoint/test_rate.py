import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.image import Image
from mmdt.core.output import Usage
from mmdt.core.protocols import Request
from mmdt.engine.endpoint.rate import FIRST_GUESS, Bucket, RateLimits, estimate_input_tokens

steps = st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 50)), min_size=1, max_size=100)


class TestBucket:
    def test_even_pace(self):
        bucket = Bucket(60, now=0.0)
        assert [bucket.reserve(1, 0.0) for _ in range(4)] == [0, 1, 2, 3]
        assert bucket.reserve(1, 10.0) == 0

    def test_a_fast_rate_lets_a_second_through_at_once(self):
        bucket = Bucket(600, now=0.0)
        waits = [bucket.reserve(1, 0.0) for _ in range(12)]
        assert waits[:10] == [0] * 10
        assert waits[10:] == pytest.approx([0.1, 0.2])

    def test_more_than_the_bucket_holds_waits_for_all_of_it(self):
        bucket = Bucket(60, now=0.0)
        assert bucket.reserve(31, 0.0) == pytest.approx(30)

    def test_a_wrong_estimate_is_corrected(self):
        bucket = Bucket(60, now=0.0)
        bucket.reserve(31, 0.0)
        bucket.give_back(30)
        assert bucket.reserve(1, 0.0) == pytest.approx(1)

    @given(per_minute=st.floats(1, 10_000), steps=steps)
    def test_no_time_span_exceeds_its_share(self, per_minute, steps):
        bucket, now, through = Bucket(per_minute, now=0.0), 0.0, []
        for pause, amount in steps:
            now += pause
            through.append((now + bucket.reserve(amount, now), amount))
        assert [when for when, _ in through] == sorted(when for when, _ in through)  # first come, first served
        for start in range(len(through)):
            total = 0.0
            for when, amount in through[start + 1 :]:
                total += amount
                allowed = bucket.burst + (when - through[start][0]) * bucket.rate
                assert total <= allowed * (1 + 1e-9) + 1e-6

    @given(per_minute=st.floats(1, 10_000), steps=steps)
    def test_nobody_waits_longer_than_needed(self, per_minute, steps):
        bucket, now, total = Bucket(per_minute, now=0.0), 0.0, 0.0
        for pause, amount in steps:
            now += pause
            total += amount
            assert bucket.reserve(amount, now) <= total / bucket.rate + 1e-6


def request(prompt: str, *sizes: tuple[int, int]) -> Request:
    images = tuple(Image(f"{number}", "image/png", *size) for number, size in enumerate(sizes))
    return Request.of(prompt, images)


class TestEstimate:
    def test_text(self):
        assert estimate_input_tokens(request("a" * 400)) == 101
        assert estimate_input_tokens(Request.of("a" * 40, system="b" * 40)) == 21
        assert estimate_input_tokens(request("\ud83d")) == 1

    def test_images_count_by_their_pixels_up_to_what_they_are_scaled_to(self):
        small = estimate_input_tokens(request("", (300, 300)))
        assert small == 1 + 121
        assert estimate_input_tokens(request("", (300, 300), (300, 300))) == 1 + 242
        assert estimate_input_tokens(request("", (8000, 8000))) == 1 + 1600


class TestRates:
    def test_no_limits_no_wait(self):
        assert RateLimits(None, None, 0.0).reserve(request("x"), 0.0) == (0.0, 0.0)

    def test_the_expected_answer_counts_as_tokens(self):
        rates = RateLimits(None, 60_000, 0.0)
        wait, counted = rates.reserve(request("a" * 400), 0.0)
        assert (wait, counted) == (0.0, 101 + FIRST_GUESS)

    def test_the_estimate_follows_the_answers(self):
        rates = RateLimits(None, 60_000, 0.0)
        for _ in range(100):
            _, counted = rates.reserve(request("a" * 400), 0.0)
            rates.settle(counted, Usage(101, 20))
        assert rates.reserve(request("a" * 400), 0.0)[1] == pytest.approx(121, abs=1)

    def test_the_tokens_actually_used_count(self):
        """Half of what was reserved turns out to be unused: twice as many get through."""
        strict, lenient = RateLimits(None, 6000, 0.0), RateLimits(None, 6000, 0.0)
        for rates, used in ((strict, 301), (lenient, 101)):
            for _ in range(20):
                _, counted = rates.reserve(request("a" * 400), 0.0)
                rates.settle(counted, Usage(used - 1, 1))
        assert lenient.reserve(request(""), 0.0)[0] < strict.reserve(request(""), 0.0)[0] / 2

    def test_the_stricter_limit_decides(self):
        rates = RateLimits(60, 1e9, 0.0)
        rates.reserve(request("x"), 0.0)
        assert rates.reserve(request("x"), 0.0)[0] == 1
