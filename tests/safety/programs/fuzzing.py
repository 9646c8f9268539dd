"""Damages good files in seeded ways, opens each and reads every number; says what went wrong.

Arguments: the reader (a suffix, or ``journal``), the first and the last number of the mutants, a
folder to work in, and the good files. A mutant is made from its number alone, so that any can be
made again. Prints one JSON line at the end.
"""

import io
import json
import os
import random
import select
import signal
import struct
import sys
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

from memory import megabytes

SECONDS, MEGABYTES = 3.0, 600
_BATCH = 100
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)
_NUMBERS = (0, 1, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)
_TEXTS = (
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "NaN",
    "[]",
    "{}",
    '""',
    '"x"',
    "-0.0",
    "1000000000000000000000000000000",
    "[[[[[[]]]]]]",
    '"\\u0000"',
    '{"a":{"a":{"a":1}}}',
    '"../../x"',
    '"Lambda"',
    '{"class_name":"Lambda"}',
)


def damaged(data, draw, around=()):
    """Return ``data`` with one to six plain mutations, half of them near places that matter."""
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        if not data:
            break
        place = draw.randrange(len(data))
        if around and draw.random() < 0.5:
            place = min(len(data) - 1, draw.choice(around) + draw.randrange(64))
        match draw.randrange(8):
            case 0:
                data[place] ^= 1 << draw.randrange(8)
            case 1:
                data[place] = draw.choice(_INTERESTING)
            case 2:
                size = draw.choice((2, 4, 8))
                number = draw.choice(_NUMBERS) & ((1 << 8 * size) - 1)
                data[place : place + size] = number.to_bytes(size, draw.choice(("little", "big")))
            case 3:
                del data[place : place + draw.randrange(1, 64)]
            case 4:
                data[place:place] = data[place : place + draw.randrange(1, 64)]
            case 5:
                data[place:place] = draw.randbytes(draw.randrange(1, 16))
            case 6:
                del data[place:]
            case 7:
                other = draw.randrange(len(data))
                size = draw.randrange(1, 64)
                data[place : place + size] = data[other : other + size]
    return bytes(data)


def damaged_json(text, draw):
    """Return JSON in which values or keys are others; usually still JSON."""
    if draw.random() < 0.2:
        return damaged(text, draw)
    try:
        root = json.loads(text)
    except ValueError:
        return damaged(text, draw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        places = list(_places(root))
        if not places:
            break
        parent, key = draw.choice(places)
        match draw.randrange(4):
            case 0:
                del parent[key]
            case 1:
                parent[key] = json.loads(draw.choice(_TEXTS).replace("1e999", "1e308"))
            case 2:
                other, its_key = draw.choice(places)
                try:
                    parent[key] = json.loads(json.dumps(other[its_key]))
                except (KeyError, IndexError, TypeError):
                    parent[key] = None
            case 3 if isinstance(parent, dict):
                parent[draw.choice(("name", "class_name", "config", "layers", "x"))] = parent.pop(
                    key
                )
            case 3:
                parent.insert(draw.randrange(len(parent) + 1), parent[key])
    try:
        return json.dumps(root).encode()
    except (ValueError, RecursionError):
        return text


def _places(root):
    pending = [root]
    while pending:
        item = pending.pop()
        keys = item.keys() if isinstance(item, dict) else range(len(item))
        for key in keys:
            yield item, key
            if isinstance(item[key], (dict, list)):
                pending.append(item[key])


def mutant_of_zip(data, draw):
    """Damage the archive itself, or a member while the archive stays right."""
    if not zipfile.is_zipfile(io.BytesIO(data)):  # HDF5 may be called .keras
        return mutant_of_hdf5(data, draw)
    if draw.random() < 0.4:
        return damaged(data, draw, _all(data, b"PK"))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        chosen = draw.choice(old.namelist())
        for info in old.infolist():
            content = old.read(info)
            if info.filename == chosen:
                content = mutant_of_member(info.filename, content, draw)
            method = draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            new.writestr(info.filename, content, method)
    return made.getvalue()


def mutant_of_member(name, content, draw):
    if name.endswith(".json"):
        return damaged_json(content, draw)
    if name.endswith(".h5"):
        return mutant_of_hdf5(content, draw)
    return damaged(content, draw, (0, 8, 10))


def mutant_of_hdf5(data, draw):
    """Damage HDF5 mostly where it describes itself: its nodes, heaps and headers."""
    start = data.find(b'{"')
    if start >= 0 and draw.random() < 0.3:
        end = data.find(b"}\0", start)
        text = data[start : end + 1]
        other = damaged_json(text, draw)[: len(text)]
        return data[:start] + other.ljust(len(text)) + data[start + len(text) :]
    places = [p for mark in (b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR") for p in _all(data, mark)]
    return damaged(data, draw, (0, *places))


def mutant_of_safetensors(data, draw):
    if draw.random() < 0.4:
        return damaged(data, draw, (0,))
    (size,) = struct.unpack_from("<Q", data)
    header = damaged_json(data[8 : 8 + size], draw)
    return struct.pack("<Q", len(header)) + header + data[8 + size :]


def mutant_of_journal(data, draw):
    """Damage a journal; in most mutants the checksums are made right again."""
    if draw.random() < 0.3:
        return damaged(data, draw)
    from weightview.formats.journal import records

    made, previous = bytearray(records.MAGIC), bytes(16)
    found = list(records.scan(io.BytesIO(data)))
    target = draw.randrange(len(found))
    for number, record in enumerate(found):
        text = json.dumps(record.fields).encode()
        payload = data[record.offset : record.offset + record.size]
        kind = int(record.kind)
        if number == target:
            match draw.randrange(4):
                case 0:
                    kind = draw.randrange(8)
                case 1:
                    payload = damaged(payload, draw)
                case _:
                    text = damaged_json(text, draw)
        checksum = records.hashlib.blake2b(payload, digest_size=16).digest()
        head = struct.pack("<2sHIQ16s", b"\xe9J", kind, len(text), len(payload), checksum)
        previous = records.hashlib.blake2b(previous + head + text, digest_size=16).digest()
        made += head + previous + text + payload
    return bytes(made)


def _all(data, mark):
    places, place = [], data.find(mark)
    while place >= 0 and len(places) < 1000:
        places.append(place)
        place = data.find(mark, place + 1)
    return places


MUTATE = {
    ".keras": mutant_of_zip,
    ".npz": mutant_of_zip,
    ".h5": mutant_of_hdf5,
    ".weights.h5": mutant_of_hdf5,
    ".safetensors": mutant_of_safetensors,
    "journal": mutant_of_journal,
}


def mutant(reader, number, seeds):
    draw = random.Random(f"{reader} {number}")
    return MUTATE[reader](draw.choice(seeds), draw)


def read_model(path, number):
    """Open a mutant, read everything, now and then save it; return how it ended."""
    import weightview
    from weightview.core.errors import WeightviewError

    try:
        document = weightview.open_document(path)
    except WeightviewError:
        return "refused"
    outcome = "opened"
    for weight in document.all_weights:
        try:
            document.read(weight)
        except WeightviewError:
            outcome = "opened in part"
    assert all(isinstance(sentence, str) for sentence in document.warnings)
    if number % 8 == 0:
        save_and_compare(document, path)
    return outcome


def save_and_compare(document, path):
    """An edit of a damaged file is refused, or it is in the file that was written."""
    import weightview
    from weightview.core.errors import WeightviewError

    weight = next((w for w in document.all_weights if w.editable and w.size), None)
    if weight is None:
        return
    beside = path.with_name(f"saved-{path.name}")
    try:
        document.set_values(weight, None, 1)
        document.save_as(beside)
        again = weightview.open_document(beside)
        stored = again.read(weight.path)
    except WeightviewError:
        return
    finally:
        beside.unlink(missing_ok=True)
    assert (stored == 1).all(), f"{weight.path} was saved and reads back otherwise"


def read_journal(path, number):
    """Take a mutant as a journal that a process left behind, and apply it."""
    import weightview
    from weightview.formats.journal import pending

    model = path.parent.parent / "model.h5"
    found = pending(path.parent)
    for recovery in found:
        recovery.matches(model)
        recovery.find()
        recovery.apply(weightview.open_document(model))
        recovery.discard()
    return "opened" if found else "refused"


def work(reader, numbers, seeds, folder, pipe):
    """Try mutants one after another in this process, telling each before and after."""
    place = folder / ("state/x.journal" if reader == "journal" else f"mutant{reader}")
    place.parent.mkdir(exist_ok=True)
    read = read_journal if reader == "journal" else read_model
    for number in numbers:
        os.write(pipe, f"{number} begins\n".encode())
        place.write_bytes(mutant(reader, number, seeds))
        started = time.monotonic()
        try:
            outcome = read(place, number)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the finding
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            outcome = f"FOUND {type(error).__name__} {error} at {where}".replace("\n", " ")[:300]
        seconds = time.monotonic() - started
        if seconds > SECONDS:
            outcome = f"FOUND a read of {seconds:.1f} s ({outcome})"
        os.write(pipe, f"{number} {outcome}\n".encode(errors="replace"))


def batch(reader, numbers, seeds, folder):
    """Try mutants in a child; yield (number, outcome), going on after one that ended the child."""
    numbers = list(numbers)
    while numbers:
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            work(reader, numbers, seeds, folder, writing)
            os._exit(0)
        os.close(writing)
        last, begun = None, None
        for line in supervised(process, reading):
            number, _, outcome = line.partition(" ")
            if outcome == "begins":
                begun = int(number)
            elif number == "ended":
                last = (begun, f"FOUND {outcome}")
            else:
                yield int(number), outcome
                begun = None
        os.close(reading)
        if last is None or last[0] is None:
            return
        yield last
        numbers = [number for number in numbers if number > last[0]]


def supervised(process, reading):
    """Yield a child's lines; end it where it is slow or large, and say so in a last line."""
    rest, ended, heard = b"", None, time.monotonic()
    while ended is None:
        if select.select([reading], [], [], 0.05)[0]:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                break
            heard = time.monotonic()
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line.decode() for line in lines)
        if time.monotonic() - heard > 2 * SECONDS:
            ended = "a hang"
        elif megabytes(process) > MEGABYTES:
            ended = f"more than {MEGABYTES} MB"
    if ended:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if ended or status:
        yield f"ended {ended or f'the process ended with status {status}'}"


def main(reader, first, last, folder, *files):
    import weightview

    folder = Path(folder)
    if reader == "journal":
        seeds = [Path(file).read_bytes() for file in files[1:]]
        (folder / "model.h5").write_bytes(Path(files[0]).read_bytes())
        read_journal(folder / "none" / "x", 0)
        weightview.open_document(folder / "model.h5")
    else:
        seeds = [Path(file).read_bytes() for file in files]
        for file in files:
            document = weightview.open_document(file)
            for weight in document.all_weights:
                document.read(weight)
    outcomes, findings = Counter(), []
    for start in range(int(first), int(last), _BATCH):
        for number, outcome in batch(
            reader, range(start, min(start + _BATCH, int(last))), seeds, folder
        ):
            kind = "found" if outcome.startswith("FOUND ") else outcome
            outcomes[kind] += 1
            if kind == "found":
                findings.append(f"{reader} {number}: {outcome[6:]}")
    print(json.dumps({"reader": reader, "outcomes": outcomes, "findings": findings}))


if __name__ == "__main__":
    main(*sys.argv[1:])
