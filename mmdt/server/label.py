"""The verb ``label``: let people label outputs of a run, on a page or through files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmdt.runs.people.calibration import Calibrated, attach, read_calibration
from mmdt.runs.people.choice import checked_probe, chosen
from mmdt.runs.people.exchange import export_labels, import_labels
from mmdt.runs.people.labels import LabelFile
from mmdt.runs.result import Run
from mmdt.server.app import PageServer
from mmdt.server.desk import Desk


@dataclass(frozen=True, slots=True)
class Labelled:
    """What was done: labels read from a file and written to one, how many the run has now, and the judges that were
    calibrated."""

    imported: int
    exported: int
    labels: int
    calibrated: tuple[Calibrated, ...] = ()


def label(
    folder: str | Path,
    *,
    probe: str = "",
    n: int = 100,
    select: str | Sequence[str] = ("**",),
    seed: int = 0,
    port: int = 0,
    import_file: str | Path = "",
    export_file: str | Path = "",
    annotator: str = "",
    calibration: str | Path = "",
    opened: Callable[[PageServer], None] | None = None,
) -> Labelled:
    """Label outputs of the run in ``folder``.

    With ``import_file``, ``export_file`` or ``calibration`` files are read or written, and no page is served. Otherwise
    a page is served on 127.0.0.1 until it is interrupted: ``n`` outputs, chosen by the judge's verdict and by cell with
    the ``seed``; ``opened`` is called with the server before it serves. ``probe``: what to label, such as ``harmful``;
    not needed where the run has one judge. ``annotator``: who labelled what the file does not say. ``calibration``: a
    file that `mmdt evaluators check --labels` wrote; the errors of the run's judges that it counts correct the numbers
    of scenarios without labels.

    Raises UsageError or DataError for what cannot be labelled or read."""
    run = Run.open(folder)
    judges = attach(run.folder, run.manifest, read_calibration(calibration)) if calibration else ()
    if calibration and not (import_file or export_file):
        return Labelled(0, 0, len(LabelFile(run.folder).read()), judges)
    name = checked_probe(run, probe)
    imported = import_labels(run, import_file, probe=name, annotator=annotator) if import_file else 0
    exported = export_labels(run, export_file) if export_file else 0
    if not import_file and not export_file:
        globs = (select,) if isinstance(select, str) else tuple(select)
        server = PageServer(Desk(run, name, chosen(run, name, n, select=globs or ("**",), seed=seed)), port)
        if opened:
            opened(server)
        server.serve()
    return Labelled(imported, exported, len(LabelFile(run.folder).read()), judges)
