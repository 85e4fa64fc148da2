"""A few questions with known answers, to see at the start of a run whether a judge still answers them as before."""
