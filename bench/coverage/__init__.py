"""Coverage: how often do the intervals of the real pipeline hold what was planted? Many seeds, minutes to an hour.

    python -m bench.coverage [PART]... [--seeds 1000] [--plan GLOB]

The tests ask the same with fewer seeds; what is written in docs/statistics.md, fairness.md and privacy.md was measured
here. It measures no speed, so ``python -m bench`` runs it only when it is named.
"""
