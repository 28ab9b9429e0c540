"""Writes a MATLAB file of random content to the path given, and its content as JSON to standard output: fresh_mat.py PATH SEED."""
import json
import sys

import numpy
import scipy.io

draw = numpy.random.default_rng(int(sys.argv[2]))
content, told = {}, {}
for i in range(6):
    shape = tuple(int(n) for n in draw.integers(1, 6, size=int(draw.integers(2, 5))))
    kind = draw.choice(["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"])
    array = (draw.standard_normal(shape) * 100).astype(kind) if kind.startswith("float") else draw.integers(0, 100, shape).astype(kind)
    content[f"n{i}"] = array
    told[f"n{i}"] = {"shape": list(shape), "values": [float(v) for v in array.flatten(order="F")]}
texts = ["".join(chr(int(c)) for c in draw.integers(32, 127, size=int(draw.integers(1, 60)))).strip() or "x" for _ in range(40)]
column = numpy.empty((len(texts), 1), dtype=object)
for i, text in enumerate(texts):
    column[i, 0] = text
content["texts"] = column
told["texts"] = texts
scipy.io.savemat(sys.argv[1], content, do_compression=int(sys.argv[2]) % 2 == 1)
print(json.dumps(told))
