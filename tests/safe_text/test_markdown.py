"""Text within Markdown marks nothing up."""

from mmdt.safe_text.markdown import markdown_text


def test_nothing_is_markup_a_link_a_mention_or_a_second_line():
    said = markdown_text("[a](http://x) @all #1 **b**\n# c | d \x1b[31m")
    assert "\n" not in said and "\x1b" not in said and "://" not in said and "@all" not in said
    assert "\\[a\\](" in said and "\\#1" in said and "\\*\\*b\\*\\*" in said and "\\|" in said
    assert markdown_text("gpt-4o, 3 of 4") == "gpt-4o, 3 of 4"
