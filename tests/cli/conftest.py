"""What the tests of several verbs share."""

import pytest

from mmdt.cli import main


@pytest.fixture
def mmdt(capsys, monkeypatch, tmp_path):
    """Calls the command line in an empty folder; its exit code, standard output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, *capsys.readouterr()

    return call
