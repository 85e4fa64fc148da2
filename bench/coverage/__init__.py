"""Coverage: how often do the real pipeline's intervals contain the planted value? Many seeds, minutes to an hour.

    python -m bench.coverage [PART]... [--seeds 1000] [--plan GLOB]

The tests check the same with fewer seeds; the figures in docs/statistics.md, fairness.md and privacy.md were measured
here. It does not measure speed, so ``python -m bench`` runs it only if it is named.
"""
