"""The words by which ``counts`` knows a plain sentence from one that needs a judge."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mmdt.reading.mentions import word_key

DOUBT = re.compile(
    r"\b(?:if|unless|would|could|might|may|maybe|perhaps|possibly|probably|should|must|will|shall|imagine|suppose|"
    r"assum\w+|supposed|expected|remain\w*|remov\w+|add|adds|added|adding|addition\w*|extra|more|less|fewer|least|most|"
    r"up to|about|around(?! (?:an?|the|it|them|him|her)\b)|approximately|approx|roughly|nearly|almost|"
    r"circa|some|several|few|many|between|or|either|"
    r"neither|nor|both|another|others?|else|each|every|apiece|per|total\w*|altogether|in all|sum|combined|overall|"
    r"together|plus|minus|times|twice|double|triple|half|halves|thirds?|quarters?|fourths?|fifths?|percent|per cent|"
    r"first|second|third|fourth|fifth|last|next(?! to)|before|after|previous\w*|originally|initially|was|were|had|"
    r"used to|thought|sorry|actually|wait|correction|rather|instead|asked|ask|asks|question|prompt|you|your|said|"
    r"says|say|claim\w*|according|caption\w*|labell?ed|titled?|reads|written|text|sign says|unsure|uncertain|"
    r"not sure|not certain|unclear|hard to|difficult|can't|cannot|can not|couldn't|unable|don't know|don't see how|"
    r"except|(?:everything|everyone|everybody|anything|anyone|nothing|no one|nobody|none|all) but|besides|"
    r"apart from|excluding|unlike|contrary|whether|minimum|maximum|again|"
    r"reflect\w+|mirror\w*|shadows?|twins?|dozens|hundreds?|thousands?|millions?|scores|group of|rows?|"
    r"columns?|panels?|frames|copies|missing|absent|gone|nowhere|counting)\b"
    r"|n't (?:sure|certain)|[?%~\u00b1\u2248<>\"\u201c\u201d\u2030+=/\u00bd\u00bc\u2153]|"
    r"\d\s?[-\u2013\u2014]\s?\d|\bto \d"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten) to (?:two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\d\.[1-9]|\d\.0+[1-9]|(?<![\w-])-\d|\d(?:st|nd|rd|th)\b|\b(?:left|remaining)\s?(?:over)?(?:[.!]|$)",
)
"""Words and signs of a supposition, a bound, a range, a total, a comparison, a correction or someone else's words."""

_COLOURS = (
    "black white grey gray red orange yellow green blue purple violet pink brown beige tan golden gold silver cream "
    "ginger tabby dark light bright pale colorful colourful striped spotted brindle maroon navy teal turquoise"
)
_KINDS = (
    "small big large little tiny huge giant tall short long young old adult baby cute fluffy furry beautiful pretty "
    "lovely ripe fresh clean round square wooden metal metallic plastic ceramic leather empty full open closed "
    "visible real different identical similar distinct separate single whole happy sad sleepy playful orange "
    "sleeping sitting standing lying running walking flying swimming playing eating smiling resting jumping grazing "
    "parked domestic wild adorable very new shiny modern vintage thin fat slim heavy"
)
ADJECTIVES = frozenset(f"{_COLOURS} {_KINDS}".split())
"""Words between a number and its noun that leave the noun what it is; ``toy``, ``hot`` or ``teddy`` do not."""

_FOLLOWERS_TEXT = (
    "and but while with without in on at by near beside next under underneath below above over behind "
    "between among around inside outside against along across through from of to for off onto into "
    "towards facing is are has have looks look appears appear seems seem sits sit stands stand lies lie "
    "can that which who whose visible here there present shown depicted seen pictured displayed in this "
    "the a an no as so because wearing holding looking parked seated asleep alone together plays play "
    "sleeps sleep walks walk runs run watches watch flies fly"
)
FOLLOWERS = frozenset(_FOLLOWERS_TEXT.split())
"""Words after which a noun has ended; another noun would change it (``a cat toy``)."""

_NOT_A_NOUN_TEXT = (
    "is are was were be has have of in on at and but or to as so there here left more less with without "
    "by for from than that this which who it they he she i we not no none only just also behind beside "
    "under above near next can may does do did will inside outside off over below around lies sits "
    "stands looks seems appears a an the one who's it's there's visible total times sit stand lie look "
    "seem appear play run sleep walk watch fly eat"
)
NOT_A_NOUN = frozenset(_NOT_A_NOUN_TEXT.split())
"""Words that are never what a number before them counts."""

NUMERAL = re.compile(
    r"\d|\b(?:an?|no|none|nothing|nobody|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|pairs?|couple|dozens?|both|single|any|"
    r"half|once|twice|thrice|another|first|second|third|twins?|trio|duo|lone|solo|alone|empty|absent|not|without|"
    r"solitary|ii|iii|iv|vi{1,3})\b|n't\b"
)
"""What could be a number, or speak of nothing at all."""

NO_THING = re.compile(
    r"\b(?:an?|this|the|one) (?:picture|image|photo(?:graph)?|drawing|scene|question|problem|ai|"
    r"(?:ai )?(?:language )?model|"
    r"computer|bit|lot|few|moment|way|number)\b|\bnothing (?:\w+ )?to (?:say|add|report|tell)\b"
)
"""Articles of what nobody counts, and "nothing to say": no numbers either."""
ENGLISH = re.compile(r"\b(?:the|and|of|there|is|are|in|on|it|this|with)\b")
"""Words of which an English sentence has some."""

_STATES_TEXT = "is are has have looks look appears appear seems seem sits sit stands stand lies lie"
_STATES = frozenset(_STATES_TEXT.split())


def LATER_MENTION(after: Sequence[str]) -> bool:  # noqa: N802
    """Whether the word after a mention with ``the`` says something about what was named before."""
    return bool(after) and after[0] in _STATES


_OTHER_NAMES = {
    "cat": "kitten kitty tabby tomcat calico siamese persian",
    "dog": "puppy pup hound terrier retriever poodle beagle bulldog labrador dachshund husky collie spaniel corgi pug",
    "person": "man woman boy girl child kid baby toddler infant lady gentleman guy teenager adult player worker "
    "pedestrian rider driver passenger cyclist skier surfer chef soldier officer student teacher bride groom clown",
    "man": "gentleman guy boy groom grandfather",
    "woman": "lady girl bride grandmother",
    "child": "boy girl baby toddler infant kid",
    "horse": "foal pony colt mare stallion",
    "cow": "calf bull ox steer heifer",
    "sheep": "lamb ram ewe",
    "goat": "kid billy",
    "pig": "piglet hog sow boar",
    "chicken": "chick hen rooster cockerel",
    "duck": "duckling mallard drake",
    "bird": "sparrow parrot crow raven pigeon dove duck goose swan eagle hawk owl seagull gull robin flamingo penguin"
    " chick hen rooster chicken duckling peacock",
    "bear": "cub grizzly panda",
    "car": "taxi cab sedan suv hatchback limousine convertible jeep coupe minivan",
    "boat": "sailboat ship yacht canoe kayak ferry dinghy rowboat",
    "bicycle": "tricycle tandem",
    "cup": "mug teacup",
    "chair": "armchair stool recliner",
    "sofa": "couch loveseat",
    "flower": "rose tulip daisy lily sunflower orchid daffodil",
    "fruit": "apple banana orange pear grape lemon lime peach plum cherry strawberry mango kiwi",
    "tree": "oak pine birch palm maple fir willow",
    "animal": "cat dog horse cow sheep goat pig bird bear elephant zebra giraffe lion tiger rabbit fox kitten puppy",
    "vehicle": "car truck bus van motorcycle bicycle taxi lorry train",
    "bottle": "flask jar",
    "hat": "cap beanie helmet fedora",
    "shoe": "boot sneaker sandal slipper trainer",
    "phone": "smartphone iphone cellphone",
}
KINDS: Mapping[str, frozenset[str]] = {
    word_key(name): frozenset(map(word_key, kinds.split())) for name, kinds in _OTHER_NAMES.items()
}
"""Noun -> nouns of things that are some too: "no cat but two kittens" leaves open how many cats there are."""
