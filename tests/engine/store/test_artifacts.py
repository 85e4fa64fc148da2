import errno
import threading
import uuid
from pathlib import Path

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.disk.whole import HOST
from mmdt.engine.store.artifacts import Artifacts
from mmdt.errors import DataError, StoreError


def picture(colour=(200, 30, 30), size=(16, 12)) -> Image:
    return Image.from_pil(Pil.new("RGB", size, colour))


def test_put_names_the_file_by_its_digest_and_drops_the_bytes(tmp_path):
    image = picture()
    stored = Artifacts(tmp_path).put(image)
    assert stored.path == f"{tmp_path}/{image.digest[:2]}/{image.digest}.png"
    assert stored.data == b""
    assert stored.read() == image.data
    assert stored == image


def test_bind_touches_nothing(tmp_path):
    image = picture()
    assert Artifacts(tmp_path).bind(image).path == Artifacts(tmp_path).put(image).path
    assert Artifacts(tmp_path / "other").bind(image).path
    assert not (tmp_path / "other").exists()


def test_the_same_picture_is_written_once(tmp_path):
    artifacts = Artifacts(tmp_path)
    path = Path(artifacts.put(picture()).path)
    first = path.stat().st_mtime_ns
    artifacts.put(picture())
    assert path.stat().st_mtime_ns == first
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [path.name]


def test_a_file_cut_short_by_a_power_failure_is_written_again(tmp_path):
    artifacts, image = Artifacts(tmp_path), picture()
    path = Path(artifacts.put(image).path)
    path.write_bytes(b"")
    assert artifacts.put(image).read() == image.data


def test_a_stored_picture_can_be_put_elsewhere(tmp_path):
    stored = Artifacts(tmp_path / "a").put(picture())
    assert Artifacts(tmp_path / "b").put(stored).read() == picture().data


def test_many_threads_put_the_same_picture(tmp_path):
    artifacts, image = Artifacts(tmp_path), picture(size=(300, 300))
    threads = [threading.Thread(target=artifacts.put, args=(image,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert artifacts.bind(image).read() == image.data
    assert not list(tmp_path.rglob("*.part"))


def test_a_bucket_through_fsspec():
    root = f"memory://{uuid.uuid4().hex}/artifacts"
    image = picture()
    stored = Artifacts(root).put(image)
    assert stored.path.startswith(root)
    assert stored.data == b""
    assert stored.read() == image.data
    assert Artifacts(root).put(image).read() == image.data
    assert stored.pil().size == (16, 12)


def test_a_lost_object_of_a_bucket_is_a_data_error():
    lost = Artifacts(f"memory://{uuid.uuid4().hex}").bind(picture())
    with pytest.raises(DataError, match="restore the run's artifacts"):
        lost.read()


def test_a_folder_that_cannot_be_created_is_a_store_error_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file.*choose another folder"):
        Artifacts(tmp_path / "file" / "artifacts").put(picture())


def test_a_full_device_is_a_store_error(tmp_path, monkeypatch):
    # /dev/full is a real device that answers every write with "no space left"; here it stands in the picture's place.
    image = picture()
    artifacts = Artifacts(tmp_path)
    part = f"{artifacts.bind(image).path}.7-{threading.get_native_id()}-{HOST}.part"
    Path(part).parent.mkdir(parents=True)
    Path(part).symlink_to("/dev/full")
    monkeypatch.setattr("os.getpid", lambda: 7)
    with pytest.raises(StoreError, match="the disk is full") as caught:
        artifacts.put(image)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert not list(tmp_path.rglob("*.png"))
    assert not list(tmp_path.rglob("*.part"))
