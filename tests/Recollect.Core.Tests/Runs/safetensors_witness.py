"""Reads and writes safetensors with struct and json alone: a second reading of the format, independent of the C# one.

  read FILE          prints the content as JSON: metadata, and each tensor's dtype, shape and values
  write FILE         writes a file with known content, its tensors not in the order of their offsets
"""
import hashlib
import json
import struct
import sys

CODES = {"F32": "f", "F64": "d", "I64": "q", "U8": "B"}


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + length])
    assert length % 8 == 0, "the data are not aligned"
    metadata = header.pop("__metadata__", {})
    digits = metadata["sha256"]
    zeroed = raw.replace(digits.encode(), b"0" * 64, 1)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        count = 1
        for size in entry["shape"]:
            count *= size
        values = struct.unpack("<%d%s" % (count, CODES[entry["dtype"]]), raw[8 + length + begin:8 + length + end])
        tensors[name] = {"dtype": entry["dtype"], "shape": entry["shape"], "values": [float(value) for value in values]}
    print(json.dumps({"metadata": metadata, "hash": hashlib.sha256(zeroed).hexdigest(), "tensors": tensors}))


def write(path):
    header = {
        "second": {"dtype": "F64", "shape": [2], "data_offsets": [24, 40]},
        "__metadata__": {"format": "pt", "note": "\u00fcber"},
        "lstm.weight_ih_l0": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "empty": {"dtype": "U8", "shape": [0, 7], "data_offsets": [40, 40]},
        "scalar": {"dtype": "I64", "shape": [], "data_offsets": [40, 48]},
    }
    text = json.dumps(header).encode()
    data = struct.pack("<6f2dq", 0.5, -1, 2, 3.25, 1e-3, -0.0, 1 / 3, -2e300, -(2 ** 62))
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


{"read": read, "write": write}[sys.argv[1]](sys.argv[2])
