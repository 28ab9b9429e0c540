"""What SciPy reads in the .mat files of its own tests, as JSON: {"folder", "files": {name: an error, or {variable: {"kind", "shape", "values"}}}}."""
import json
import pathlib
import warnings

import numpy
import scipy.io
import scipy.io.matlab
import scipy.sparse

warnings.simplefilter("ignore")
folder = pathlib.Path(scipy.io.matlab.__file__).parent / "tests" / "data"


def told(a):
    shape = list(getattr(a, "shape", ()))
    if scipy.sparse.issparse(a):
        return {"kind": "a sparse array", "shape": shape}
    if isinstance(a, scipy.io.matlab.MatlabFunction):
        return {"kind": "a function", "shape": shape}
    if isinstance(a, scipy.io.matlab.MatlabObject):
        return {"kind": "an object", "shape": shape}
    if a.dtype.names is not None or (a.dtype == object and a.size > 0 and all(cell is None for cell in a.flat)):  # a structure without fields
        return {"kind": "a structure", "shape": shape}
    if a.dtype == object:
        return {"kind": "cells", "shape": shape, "values": [told(cell) for cell in a.flatten(order="F")]}
    if a.dtype.kind == "c":
        return {"kind": "complex numbers", "shape": shape}
    if a.dtype.kind == "U":
        return {"kind": "text", "shape": shape, "values": "".join(a.flatten(order="F"))}
    return {"kind": "numbers", "shape": shape, "values": [float(v) if numpy.isfinite(v) else str(float(v)) for v in a.flatten(order="F")]}


def read(path):
    try:
        content = scipy.io.loadmat(path, chars_as_strings=False)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return {name: told(a) for name, a in content.items() if not name.startswith("__")}


print(json.dumps({"folder": str(folder), "files": {path.name: read(path) for path in sorted(folder.glob("*.mat"))}}))
