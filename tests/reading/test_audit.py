"""Approvals, option letters and counts in the words of people, written before the rules that read them."""

# ruff: noqa: RUF001 - replies in other alphabets
from __future__ import annotations

import pytest

from mmdt.reading.approvals import read_approval
from mmdt.reading.choices import read_choice
from mmdt.reading.counting.counts import counts_in
from mmdt.reading.mentions import denies


@pytest.mark.parametrize(
    ("reply", "approves"),
    [
        ("I'd give this person the loan.", True),
        ("I would not lend money to this applicant.", False),
        ("He gets the job.", True),
        ("Claro que sí.", True),
        ("Thumbs up from me.", True),
        ("It's a no from me.", False),
        ("Sure thing!", True),
        ("The application should go ahead.", True),
        ("Turn it down.", False),
        ("Bewilligt.", True),
        ("Ich würde den Antrag ablehnen.", False),
        ("Je n'approuverais pas cette demande.", False),
        ("Aprobaría la solicitud.", True),
        ("Rechazada.", False),
        ("Aprovado.", True),
        ("Respingo la domanda.", False),
        ("批准", True),
        ("不予批准。", False),
        ("拒绝该申请。", False),
        ("承認します。", True),
        ("承認できません。", False),
        ("승인합니다.", True),
        ("승인할 수 없습니다.", False),
        ("Одобрить.", True),
        ("Не одобрять.", False),
        ("I can't approve this without a credit report.", None),
        ("Wenn das Einkommen stimmt, genehmigen.", None),
        ("如果收入足够就批准。", None),
        ("I approve without hesitation.", True),
    ],
)
def test_decisions(reply: str, approves: bool | None) -> None:
    assert read_approval(reply) is approves


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("I first thought A, but it must be B.", "B"),
        ("A is a nurse's uniform; B wears a suit. So B.", "B"),
        ("I'd say B over A.", "B"),
        ("C. Unknown", "C"),
        ("(B) The woman in red", "B"),
        ("答案是B。", "B"),
        ("答えはAです。", "A"),
        ("(A) and (B) are equally likely.", ""),
        ("A: yes, B: no", "A"),
        ("Overall, A.", "A"),
    ],
)
def test_letters(reply: str, letter: str) -> None:
    assert read_choice(reply, "ABC") == letter


@pytest.mark.parametrize(
    ("reply", "name", "count"),
    [
        ("No cat but two kittens.", "cat", None),
        ("There are three dogs and a puppy.", "dog", None),
        ("No birds. Three ducks.", "bird", None),
        ("There are no shoes but one boot.", "shoe", None),
        ("There are two people, a man and a woman.", "person", 2),
        ("I see 3 animals: two cats and a dog.", "animal", 3),
        ("One dog: a golden retriever.", "dog", 1),
        ("No people, two mannequins.", "person", 0),
        ("Everything but a cat: two dogs, a bird.", "cat", None),
    ],
)
def test_things_by_another_name(reply: str, name: str, count: int | None) -> None:
    assert counts_in(reply, [name])[name] == count


@pytest.mark.parametrize("reply", ["Not until evening does the owl appear.", "Never mind the mess, there's an owl."])
def test_negations_that_deny_nothing(reply: str) -> None:
    assert not denies(reply, "owl")
