"""Writes the files of this folder, by SciPy and Pillow: see README.md."""
import io
import json
import os
import sys

import numpy
import scipy.io
import scipy.sparse
from PIL import Image

HERE = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


def cells(texts):
    column = numpy.empty((len(texts), 1), dtype=object)
    for i, text in enumerate(texts):
        column[i, 0] = text
    return column


def lists():
    """Like Stanford Dogs' lists: two columns of cells and one of doubles."""
    breeds = ["n02085620-Chihuahua", "n02085782-Japanese_spaniel", "n02113978-Mexican_hairless"]
    files = [f"{breed}/{breed.split('-')[0]}_{10 * k + i}.jpg" for k, breed in enumerate(breeds) for i in range(3)]
    content = {
        "file_list": cells(files),
        "annotation_list": cells([file[:-4] for file in files]),
        "labels": numpy.repeat([1.0, 2.0, 3.0], 3).reshape(-1, 1),
    }
    for name, packed in (("list_plain.mat", False), ("list_packed.mat", True)):
        scipy.io.savemat(path(name), content, do_compression=packed)
    with open(path("list.json"), "w") as out:
        json.dump({"files": files, "labels": [1, 1, 1, 2, 2, 2, 3, 3, 3]}, out)


def kinds():
    """Every kind of array that is read, and those that are not."""
    numbers = {
        f"n_{kind}": numpy.array([[1, 2, 3], [4, 5, low]], dtype=kind)
        for kind, low in (("int8", -128), ("uint8", 255), ("int16", -32768), ("uint16", 65535), ("int32", -2147483648), ("uint32", 4294967295),
                          ("int64", -9007199254740991), ("uint64", 9007199254740991), ("float32", 0.5), ("float64", 1e300))
    }
    numbers["n_cube"] = numpy.arange(24, dtype=numpy.float64).reshape(2, 3, 4)
    numbers["n_logical"] = numpy.array([[True, False]])
    numbers["n_none"] = numpy.zeros((0, 3))
    nested = numpy.empty((1, 2), dtype=object)
    nested[0, 0] = cells(["a", "bc"])
    nested[0, 1] = numpy.array([[7.0]])
    content = dict(numbers)
    content.update(
        t_row="na\u00efve \u4e2d", t_rows=numpy.array(["ab", "cd", "ef"]), t_none="", c_nested=nested,
        u_struct={"a": 1}, u_sparse=scipy.sparse.csc_matrix(numpy.eye(3)), u_complex=numpy.array([[1 + 2j]]))
    for name, packed in (("kinds_plain.mat", False), ("kinds_packed.mat", True)):
        scipy.io.savemat(path(name), content, do_compression=packed)
    with open(path("kinds.json"), "w") as out:
        # Column by column, as MATLAB has it.
        json.dump({name: {"shape": list(array.shape), "values": [float(v) for v in array.flatten(order="F")]} for name, array in numbers.items()}, out)


def raw(image, name):
    with open(path(name), "wb") as out:
        out.write(image.tobytes())


def images():
    draw = numpy.random.default_rng(7)
    colour = Image.fromarray(draw.integers(0, 256, (9, 13, 3), dtype=numpy.uint8), "RGB")
    colour.save(path("rgb.png"))
    raw(colour, "rgb.raw")
    alpha = Image.fromarray(draw.integers(0, 256, (9, 13, 4), dtype=numpy.uint8), "RGBA")
    alpha.save(path("rgba.png"))
    raw(alpha, "rgba.raw")
    colour.convert("L").save(path("grey.png"))
    raw(colour.convert("L"), "grey.raw")
    palette = colour.quantize(16)
    palette.save(path("palette.png"))
    raw(palette.convert("RGB"), "palette.raw")
    # What cameras make is smooth: hills of three colours.
    y, x = numpy.mgrid[0:24, 0:40]
    hills = numpy.stack([127 + 100 * numpy.sin(x / 9), 127 + 100 * numpy.cos(y / 7), 3 * x + 4 * y], axis=-1)
    photo = Image.fromarray(numpy.clip(hills, 0, 255).astype(numpy.uint8), "RGB")
    for name, options in (("photo.jpg", {}), ("progressive.jpg", {"progressive": True})):
        photo.save(path(name), quality=92, **options)
    raw(Image.open(path("photo.jpg")).convert("RGB"), "photo.raw")
    raw(Image.open(path("progressive.jpg")).convert("RGB"), "progressive.raw")
    photo.convert("L").save(path("grey.jpg"), quality=92)
    # One upright image, stored in each of EXIF's eight ways: what is stored, turned as the tag says, is upright.
    upright = Image.fromarray(numpy.repeat(numpy.repeat(draw.integers(0, 256, (2, 3, 3), dtype=numpy.uint8), 16, axis=0), 16, axis=1), "RGB")
    turn = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    for tag in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = tag
        stored = upright if tag == 1 else upright.transpose(turn[tag])
        buffer = io.BytesIO()
        stored.save(buffer, "JPEG", quality=95, subsampling=0, exif=exif)
        with open(path(f"exif{tag}.jpg"), "wb") as out:
            out.write(buffer.getvalue())
    raw(upright, "exif.raw")


lists()
kinds()
images()
