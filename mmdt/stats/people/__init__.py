"""Statistics of labels that people gave: corrected rates, agreement, and how good a judge or a detector is."""
