"""A signature of a run's root with a key of the user's, in the format of minisign (Ed25519).

The root is written to a text file beside the run's manifest, and its signature next to that, so that an auditor needs
neither this package nor the run to check who vouched for which root: ``minisign -Vm root.txt -p key.pub``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error
from mmdt.errors import UsageError
from mmdt.models.extras import require
from mmdt.safe_text.redaction import know
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from minisign import PublicKey, Signature

ROOT = "root.txt"
"""The file with the root: one line of 64 hexadecimal digits."""
SIGNATURE = f"{ROOT}.minisig"
_MOST = 64 * 1024
"""Bytes of a key or signature file; they have a few hundred."""


def sign_root(folder: Path, root: str, key: Path, password: Callable[[], str]) -> Path:
    """Sign the root of a run that was verified; returns the file with the signature.

    ``key``: a secret key of minisign. ``password``: asked for only if the key is encrypted. Raises UsageError on a key
    that cannot be read or opened, StoreError if the folder cannot be written, MissingExtraError without the library.
    """
    require("minisign", "signing a run", "sign")
    import minisign

    try:
        secret = minisign.SecretKey.from_bytes(_bytes(key))
    except (minisign.Error, ValueError) as error:
        hint = "make a pair of keys with `minisign -G`, and name the secret one"
        raise UsageError("this is not a secret key of minisign", where=str(key), hint=hint) from error
    with secret:
        if secret.is_encrypted():
            given = password()
            know(given)
            try:
                secret.decrypt(given)
            except (minisign.Error, ValueError, MemoryError) as error:
                raise UsageError("the password does not open the key", where=str(key), hint="try again") from error
        text = _text(root)
        name = visible(" ".join(folder.name.split()))[:100]
        signed = bytes(secret.sign(text, trusted_comment=f"root of the mmdt run {name}"))
    try:
        write_whole(folder / ROOT, text, durable=True)
        write_whole(folder / SIGNATURE, signed + b"\n", durable=True)
    except OSError as error:
        raise disk_error(error, folder) from error
    return folder / SIGNATURE


def signature_problem(folder: Path, root: str, public_key: str, *, without_people: str = "") -> str:
    """Why the run's root is not what the owner of ``public_key`` signed; empty if it is.

    ``without_people``: the root without people's labels, which may be what was signed. ``public_key``: a file with it,
    or the key itself as minisign prints it. Raises UsageError if it is neither, MissingExtraError without the library.
    """
    require("minisign", "checking a signature", "sign")
    import minisign

    key = _public_key(public_key)
    path = folder / SIGNATURE
    if not path.is_file():
        return "there is none"
    try:
        signature = minisign.Signature.from_bytes(_bytes(path))
    except (minisign.Error, ValueError, UsageError):
        return "it is damaged"
    try:
        key.verify(_text(root), signature)
    except minisign.VerifyError:
        return _why_not(folder, key, signature, without_people)
    return ""


def _why_not(folder: Path, key: PublicKey, signature: Signature, without_people: str) -> str:
    """Whether the key signed the run without its labels or another root, or another key signed."""
    import minisign

    try:
        key.verify(_text(without_people), signature)
    except minisign.VerifyError:
        pass
    else:
        return "this key signed the run without the labels or the calibration that it has now: sign it again"
    try:
        key.verify(_bytes(folder / ROOT), signature)
    except (minisign.VerifyError, UsageError):
        return "it was not made with this key"
    return f"this key signed another root: the run was continued or changed since, or {ROOT} is of another run"


def _text(root: str) -> bytes:
    return f"{root}\n".encode()


def _public_key(given: str) -> PublicKey:
    import minisign

    try:
        if len(given) < 256 and not Path(given).is_file():
            return minisign.PublicKey.from_base64(given)
        return minisign.PublicKey.from_bytes(_bytes(Path(given)))
    except (minisign.Error, ValueError) as error:
        hint = "give the file that `minisign -G` wrote, or the line in it that begins with RW"
        raise UsageError("this is not a public key of minisign", where=given[:80], hint=hint) from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror}", where=str(path), hint="check the path"
        ) from error
    if len(data) > _MOST:
        raise UsageError("the file is too large to be a key", where=str(path), hint="check the path")
    return data
