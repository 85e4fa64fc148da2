"""Names from data and providers, as LaTeX typesets them."""

import pytest

from mmdt.safe_text.latex import comment, latex


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        (r"a & 50% $x$ #1_b {c}", r"a \& 50\% \$x\$ \#1\_b \{c\}"),
        (r"\input{x}~^", r"\textbackslash{}input\{x\}\textasciitilde{}\textasciicircum{}"),
        ("<b>|</b>", r"\textless{}b\textgreater{}\textbar{}\textless{}/b\textgreater{}"),
        ("-3.8 points [-28.3, 21.1]", "$-$3.8 points [$-$28.3, 21.1]"),
        ("gpt-4 of 2026-11-29", "gpt-4 of 2026-11-29"),
        ("[a] model", "{}[a] model"),
        ("*starred", "{}*starred"),
        ("one\ntwo\x1b[31m", "one two"),
        ("é 模型", "é 模型"),
    ],
)
def test_each_mark_is_typeset_as_it_is(text, typeset):
    assert latex(text).startswith(typeset) and "\x1b" not in latex(text)


def test_a_comment_ends_with_its_line():
    assert comment("one\n\\input{x}") == "% one \\input{x}"
