"""Attacks that change the pixels of a picture step by step, by gradients of surrogates, within a budget."""
