"""Options that would have no effect beside others are refused, and the message says which and why."""

import pytest

import mmdt as api

LIMIT = '[[rule]]\nnumber = "safety/t2i/vanilla"\nmetric = "HGR"\nmax = 0.5\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("vain")
    for name, model in (("a", "demo-safe"), ("b", "demo-unsafe")):
        api.run(f"organism/{model}", select="safety/t2i/vanilla", size=4, out=made / name)
    (made / "limit.toml").write_text(LIMIT)
    (made / "other.toml").write_text(f"different_judges = true\n{LIMIT}")
    return made


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plan organism/demo --width 0.1 --power 0.9", "--power has no effect with --width"),
        ("plan organism/demo --power 0.8", "--power has no effect without an aim"),
        ("plan --from {0}/a --from {0}/b --width 0.1", "a second --from has no effect with --width"),
        ("plan --from {0}/a --from {0}/b --gate 0.1", "a second --from has no effect with --gate"),
        ("plan --from {0}/a --gate 0.1 --expected 0.2", "--expected has no effect: no cell's rate is assumed"),
        ("compare {0}/a {0}/b --json --csv", "--json and --csv are given"),
        ("compare {0}/a {0}/b --every-run", "--every-run has no effect on named runs"),
        ("compare {0}/a {0}/b --incomplete", "--incomplete has no effect on named runs"),
        ("compare {0} --family headlines", "--family has no effect on a folder of runs"),
        ("compare {0} --adjust bh", "--adjust has no effect on a folder of runs"),
        ("compare {0} --margin 0.05", "--margin has no effect on a folder of runs"),
        ("compare {0} --cells", "--cells has no effect on a folder of runs"),
        ("compare {0} --different-judges", "--different-judges has no effect on a folder of runs"),
        ("compare {0} --baseline {0}/a", "--baseline has no effect on a folder of runs"),
        ("gate {0}/a --rules {0}/limit.toml --baseline {0}/b", "--baseline has no effect: no rule compares"),
        ("gate {0}/a --rules {0}/limit.toml --different-judges", "--different-judges has no effect: no rule compares"),
        ("gate {0}/a --rules {0}/other.toml", "different_judges has no effect: no rule compares"),
        ("explain {0}/a --full --json", "--full has no effect with --json"),
        ("show {0}/a --full --json", "--full has no effect with --json"),
        ("show {0}/a --by task --json", "--by has no effect with --json"),
        ("report {0}/a --framework nist-ai-rmf --max-cases 5", "--max-cases has no effect with --framework"),
        ("report {0}/a --framework nist-ai-rmf --no-thumbnails", "--no-thumbnails has no effect with --framework"),
        ("report {0}/a --framework nist-ai-rmf --figures f", "--figures has no effect with --framework"),
    ],
)
def test_what_would_have_no_effect_is_refused(mmdt, folder, line, words):
    code, out, err = mmdt(*line.format(folder).split())
    assert code == 2 and not out
    assert words in err


def test_the_same_options_count_where_they_have_an_effect(mmdt, folder):
    assert mmdt(*f"compare {folder} --incomplete --every-run --json".split())[0] == 0
    assert mmdt(*f"compare {folder}/a {folder}/b --family all --adjust bh".split())[0] == 0
    assert mmdt(*f"plan --from {folder}/a --from {folder}/b --detect 0.3 --power 0.9".split())[0] == 0
    assert mmdt(*f"plan --from {folder}/a --select safety/t2i/** --size 4 --gate 0.1 --expected 0.2".split())[0] == 0
    assert mmdt(*f"explain {folder}/a --full".split())[0] == 0


def test_a_plan_of_a_run_that_stops_by_its_results_says_that_it_is_the_most(mmdt):
    plan = ("plan", "organism/demo", "--select", "safety/t2i/vanilla", "--size", "4")
    assert "--until: at most this" in mmdt(*plan, "--until", "width=0.1")[1]
    assert "--until: at most this" not in mmdt(*plan)[1]
