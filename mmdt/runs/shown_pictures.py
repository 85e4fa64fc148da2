"""Pictures of the data that are not shown whole, and the sentence that says so."""

from __future__ import annotations

from mmdt.core.case import Case
from mmdt.core.message import images_of


class ShownPictures:
    """Counts animations among the pictures that are sent."""

    def __init__(self) -> None:
        self.animated = 0

    def add(self, case: Case) -> None:
        self.animated += sum(image.animated for image in images_of(case.conversation))

    def notes(self) -> tuple[str, ...]:
        if not self.animated:
            return ()
        what = "picture is animated: its" if self.animated == 1 else "pictures are animated: their"
        return (f"{self.animated:,} {what} first frame was shown to the model and to every evaluator.",)
