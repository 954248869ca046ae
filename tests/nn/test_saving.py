"""Saved models: whole or not at all, whatever the keys are called; a broken or hostile file is an error that names it."""

import io
import math
import os
import stat
import threading
import tracemalloc
import zipfile

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.files import write_file


def small(seed=0):
    return nn.MLP(2, [3, 1], seed=seed)


def numbers(model):
    return [p.data for p in model.parameters()]


class Named(nn.Module):
    """Parameters of any names."""

    def __init__(self, *names, start=0.0):
        self.parts_by_name = {name: Value(start + i) for i, name in enumerate(names)}

    def parts(self):
        return self.parts_by_name


HEADER = b"\x93NUMPY\x01\x00"


def npy(text, data=b"", magic=HEADER):
    """One member of a .npz file, with a header that says what we like."""
    return magic + len(text).to_bytes(2, "little") + text.encode() + data


def npz(path, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_parameters_may_be_called_like_arguments_of_savez(tmp_path):
    names = "file", "allow_pickle", "args", "kwds", "arr_0", "a/b", "é", "self", "x.npy"
    model, other = Named(*names, start=1.0), Named(*names)
    path = nn.save(model, tmp_path / "m.npz")
    nn.load(other, path)
    assert numbers(other) == numbers(model)
    with np.load(path) as file:
        assert file["allow_pickle"] == 2.0


def test_keys_that_fall_together_are_refused(tmp_path):
    class Two(nn.Module):
        def __init__(self):
            self.layers = {1: nn.Linear(2, 3), "1": nn.Linear(2, 3)}

    with pytest.raises(ValueError, match="two arrays of the model have the key 'layers.1.weight'.*rename one"):
        nn.save(Two(), tmp_path / "m.npz")
    assert not list(tmp_path.iterdir())


def test_the_same_model_gives_the_same_bytes(tmp_path):
    first = nn.save(small(), tmp_path / "a.npz").read_bytes()
    assert nn.save(small(), tmp_path / "b.npz").read_bytes() == first


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_files_of_numpy_are_loaded(save, tmp_path):
    model, other = small(0), small(1)
    state = model.state_dict()
    save(tmp_path / "m.npz", **{key: np.asfortranarray(array.astype(">f8")) for key, array in state.items()})
    nn.load(other, tmp_path / "m.npz")
    assert numbers(other) == numbers(model)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_model_that_is_not_finite_is_not_written_over_a_good_file(bad, tmp_path):
    model = small()
    path = nn.save(model, tmp_path / "m.npz")
    before = path.read_bytes()
    model.parameters()[0].data = bad
    with pytest.raises(ValueError, match="0.weight holds numbers that are not finite"):
        nn.save(model, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.npz"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.update({"0.bias": np.zeros(3) + 1j}), "0.bias holds complex128, expected real numbers"),
        (lambda state: state.update({"0.bias": np.array(["1", "2", "3"])}), "0.bias holds <U1, expected real numbers"),
        (lambda state: state.update({"0.bias": np.array([None] * 3)}), "0.bias holds object, expected real numbers"),
        (lambda state: state.update({"0.bias": np.zeros(4)}), r"0.bias has shape \(4,\), expected \(3,\)"),
        (lambda state: state.pop("0.bias"), r"missing \['0.bias'\]"),
        (lambda state: state["0.bias"].fill(math.nan), "0.bias holds numbers that are not finite"),
    ],
    ids=["complex", "text", "objects", "shape", "missing", "nan"],
)
def test_what_does_not_fit_is_refused_from_memory_and_from_a_file(change, message, tmp_path):
    model = small()
    before, state = numbers(model), model.state_dict()
    change(state)
    with pytest.raises(ValueError, match=message):
        model.load_state_dict(state)
    np.savez(tmp_path / "m.npz", **state)
    with pytest.raises(ValueError, match=f"m.npz does not fit the model: .*{message}"):
        nn.load(model, tmp_path / "m.npz")
    assert numbers(model) == before


def test_every_broken_byte_is_a_value_error_that_names_the_file(tmp_path):
    model, path = small(), tmp_path / "m.npz"
    good = nn.save(model, path).read_bytes()
    broken = [good[:length] for length in range(0, len(good), 17)]
    broken += [good[:i] + bytes([good[i] ^ flip]) + good[i + 1 :] for i in range(0, len(good), 3) for flip in (1, 0x80)]
    messages = []
    for content in broken:
        path.write_bytes(content)
        try:
            nn.load(model, path)
        except ValueError as error:
            messages.append(str(error))
        assert all(map(math.isfinite, numbers(model)))
    assert len(messages) > 0.8 * len(broken)
    assert all("m.npz" in message for message in messages)


HOSTILE = {
    "huge header": lambda: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }" + " " * 60000),
    "long version 2": lambda: b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + b" " * 80_000_000,
    "too many numbers": lambda: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", b"\0" * 80_000_000),
    "too few numbers": lambda: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", b"\0" * 8),
    "wide numbers": lambda: npy("{'descr': '|V10000000', 'fortran_order': False, 'shape': (3,), }", b"\0" * 80_000_000),
    "a program": lambda: npy("__import__('os').abort()"),
    "objects": lambda: npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", b"\0" * 80),
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_no_memory(name, method, tmp_path):
    model, path = small(), tmp_path / "m.npz"
    members = {}
    for key, array in model.state_dict().items():
        file = io.BytesIO()
        np.save(file, array)
        members[f"{key}.npy"] = file.getvalue()
    npz(path, members | {"0.bias.npy": HOSTILE[name]()}, method)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="m.npz"):
            nn.load(model, path)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    path = tmp_path / "m.npz"
    with open(path, "wb") as file:
        file.truncate(10**10)
    with pytest.raises(ValueError, match="m.npz does not fit the model: it is larger than any file of this model"):
        nn.load(small(), path)
    if os.path.exists("/dev/zero"):
        with pytest.raises(ValueError, match="/dev/zero does not fit the model"):
            nn.load(small(), "/dev/zero")


def test_two_arrays_of_the_same_key(tmp_path):
    path = nn.save(small(), tmp_path / "m.npz")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("0.bias.npy", b"")
    with pytest.raises(ValueError, match="m.npz does not fit the model: it holds two arrays of the same key"):
        nn.load(small(), path)


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_threads_that_save_the_same_file(tmp_path):
    path, models, errors = tmp_path / "m.npz", [small(seed) for seed in range(8)], []

    def write(model):
        try:
            for _ in range(10):
                nn.save(model, path)
                nn.load(small(), path)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [p.name for p in tmp_path.iterdir()] == ["m.npz"]
    last = small(99)
    nn.load(last, path)
    assert numbers(last) in [numbers(model) for model in models]


def test_a_file_keeps_its_mode_and_a_new_one_has_the_usual_one(tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    path = tmp_path / "x"
    write_file(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    path.chmod(0o640)
    write_file(path, b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_through_a_symbolic_link_its_target_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    link, target = tmp_path / "link", tmp_path / "real" / "x"
    link.symlink_to(target)
    for content in (b"1", b"2"):  # a target that is not there yet, and one that is
        write_file(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert [p.name for p in (tmp_path / "real").iterdir()] == ["x"]


def test_the_longest_name(tmp_path):
    path = nn.save(small(), tmp_path / ("n" * 251 + ".npz"))
    assert path.exists()


def test_the_content_is_on_disk_before_it_has_the_name(tmp_path, monkeypatch):
    path, events = tmp_path / "x", []
    monkeypatch.setattr(os, "fsync", lambda _: events.append(("on disk", path.exists())))
    write_file(path, b"1")
    assert events == [("on disk", False)]


def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "x"
    write_file(path, b"1")

    def fail(_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        write_file(path, b"2")
    assert path.read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
