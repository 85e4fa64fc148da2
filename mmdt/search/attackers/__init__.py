"""Attackers: who proposes the next move. Rules that search over moves, or a chat model."""
