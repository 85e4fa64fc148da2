"""Pure rules that read text: numbers, choices, negation, ages, places, refusals. No I/O."""
