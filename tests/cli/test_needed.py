"""What a plan with an aim says below its table."""


def plan(mmdt, *globs):
    select = [word for glob in globs for word in ("--select", glob)]
    code, out, _ = mmdt("plan", "organism/demo", *select, "--size", "10", "--width", "0.2")
    assert code == 0
    return " ".join(out.split())


def test_cells_that_cannot_be_planned_are_not_counted_as_too_small(mmdt):
    alone = plan(mmdt, "privacy/i2t/pii")
    assert "protection is not a mean of bounded values" in alone
    assert "fewer cases" not in alone and "To ask them" not in alone
    both = plan(mmdt, "privacy/i2t/pii", "safety/t2i/vanilla")
    assert "6 of 6 cells have fewer cases than that" in both and "To ask them: --size 93" in both
