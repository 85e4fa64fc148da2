"""Attacks that write an instruction into a picture of the case, where somebody else than the user could have put it."""
