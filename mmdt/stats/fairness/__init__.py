"""Estimators of fairness: group biases, gaps between groups, individual unfairness."""
