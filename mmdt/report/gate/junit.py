"""A gate as JUnit XML: a test case for each check."""

from __future__ import annotations

import re
from xml.etree import ElementTree  # only writes

from mmdt.report.gate.outcome import GateOutcome
from mmdt.report.gate.words import sentence, subject
from mmdt.safe_text.visible import visible

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gate_junit(found: GateOutcome) -> str:
    """The suite ``mmdt gate``: a check that fails is a failure, an inconclusive one is skipped and says why."""
    counts = found.counts()
    totals = {
        "tests": str(len(found.checks)),
        "failures": str(counts["fail"]),
        "errors": "0",
        "skipped": str(counts["inconclusive"]),
    }
    root = ElementTree.Element("testsuites", {"name": "mmdt gate", **totals})
    suite = ElementTree.SubElement(root, "testsuite", {"name": "mmdt gate", **totals})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (("verdict", found.verdict), ("model", found.run), ("baseline", found.baseline)):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _text(value)})
    for check in found.checks:
        names = {"classname": _text(check.rule), "name": _text(f"{subject(check)}: {check.demand}"), "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", names)
        said = _text(sentence(check))
        if check.verdict == "fail":
            ElementTree.SubElement(case, "failure", {"message": _text(check.why), "type": "gate"}).text = said
        elif check.verdict == "inconclusive":
            ElementTree.SubElement(case, "skipped", {"message": said})
        else:
            ElementTree.SubElement(case, "system-out").text = said
    if found.cautions:
        ElementTree.SubElement(suite, "system-out").text = _text("\n".join(found.cautions))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _text(text: str) -> str:
    return _NOT_XML.sub("?", "\n".join(visible(line) for line in text.split("\n")))
