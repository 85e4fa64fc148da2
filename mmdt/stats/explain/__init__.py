"""Why the numbers are what they are: failure signatures, the resilience plane, spatial skill, worst slices, fronts."""
