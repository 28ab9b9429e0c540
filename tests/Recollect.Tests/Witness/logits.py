"""Reads a model.safetensors with nothing but the format's definition, rebuilds it from PyTorch's own layers, and prints logits.

Each line of the input is a JSON list of three: the model's file; a file with a JSON list of sequences (tokens, or lists of components); and of a uRNN
the permutation, which is in none of its files. Each is answered by a line of JSON.
"""
import json
import struct
import sys

import torch
from torch import nn


def read(model):
    with open(model, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    shape = json.loads(header.pop("__metadata__")["architecture"])
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        weights[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return shape, weights


class RefinedLstm(nn.Module):
    """Gu et al. 2020, equations 5 to 9; gates r, f, u, o."""

    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        for name, value in nn.LSTM(inputs, hidden, layers).named_parameters():
            self.register_parameter(name, nn.Parameter(value.detach()))

    def forward(self, x):
        for layer in range(self.layers):
            part = {name: getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
            h, c, outputs = torch.zeros(1, self.hidden), torch.zeros(1, self.hidden), []
            for step in x:
                r, f, u, o = (step @ part["weight_ih"].T + part["bias_ih"] + h @ part["weight_hh"].T + part["bias_hh"]).chunk(4, 1)
                r, f = r.sigmoid(), f.sigmoid()
                g = r * (1 - (1 - f) ** 2) + (1 - r) * f ** 2
                c = g * c + (1 - g) * u.tanh()
                h = o.sigmoid() * c.tanh()
                outputs.append(h)
            x = torch.stack(outputs)
        return x, None


class Unitary(nn.Module):
    """Arjovsky, Shah and Bengio 2016: the factors of W act on the complex state one after the other; modReLU."""

    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.layers, self.order = layers, order
        for name in [name for name in weights if name.startswith("urnn.")]:
            self.register_parameter(name[5:], nn.Parameter(torch.zeros_like(weights[name])))

    @staticmethod
    def reflect(h, v):
        v = torch.complex(v[0], v[1])
        return h - 2 * v * (v.conj() * h).sum() / (v.abs() ** 2).sum()

    def forward(self, x):
        for layer in range(self.layers):
            inputs, angles, mirrors, bias = (getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "angles", "reflections", "bias"))
            turns = torch.polar(torch.ones_like(angles), angles)
            h, outputs = torch.zeros(len(bias), dtype=torch.cfloat), []
            for step in x[:, 0]:
                h = self.reflect(torch.fft.fft(turns[0] * h, norm="ortho"), mirrors[0])
                h = turns[2] * self.reflect(torch.fft.ifft(turns[1] * h[self.order], norm="ortho"), mirrors[1])
                z = h + torch.complex(*(inputs @ step).chunk(2))
                h = z / z.abs() * (z.abs() + bias).relu()
                outputs.append(torch.cat([h.real, h.imag]))
            x = torch.stack(outputs).unsqueeze(1)
        return x, None


class Transformer(nn.TransformerEncoder):
    """The mean over the steps of PyTorch's own encoder, its normalisation first."""

    def __init__(self):
        block = nn.TransformerEncoderLayer(
            shape["hidden"], shape["heads"], shape["feedForward"], dropout=0, activation="relu", norm_first=True, batch_first=True)
        super().__init__(block, shape["layers"], norm=nn.LayerNorm(shape["hidden"]), enable_nested_tensor=False)
        if shape["positions"] == "learned":
            self.positions = nn.Parameter(torch.zeros(shape["maxSteps"], shape["hidden"]))

    def forward(self, x):
        if shape["positions"] == "learned":
            places = self.positions[: len(x)]
        else:
            t, i = torch.arange(len(x), dtype=torch.float64).unsqueeze(1), torch.arange(shape["hidden"])
            angles = t / 10000 ** (2 * (i // 2) / shape["hidden"])
            places = torch.where(i % 2 == 0, angles.sin(), angles.cos()).float()
        return super().forward(x.transpose(0, 1) + places).mean(1).unsqueeze(0), None


class Model(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        rows, columns = weights["embedding.weight"].shape
        self.embedding = nn.Embedding(rows, columns) if tokens else nn.Linear(columns, rows)
        sizes = (shape.get("embedding"), shape["hidden"], shape["layers"])
        self.name, layers = {
            "lstm": ("lstm", nn.LSTM if shape["gates"] == "standard" else RefinedLstm),
            "gru": ("gru", nn.GRU),
            "urnn": ("urnn", Unitary),
            "irnn": ("rnn", lambda *s: nn.RNN(*s, nonlinearity="relu")),
            "transformer": ("encoder", lambda *_: Transformer()),
        }[shape["cell"]]
        setattr(self, self.name, layers(*sizes))
        units, classes = shape["headUnits"], weights["classifier.5.weight"].shape[0]
        states = shape["hidden"] * (2 if shape["cell"] == "urnn" else 1)  # of a uRNN real and imaginary parts
        self.classifier = nn.Sequential(
            nn.Linear(states, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(), nn.Dropout(shape["dropout"]), nn.Linear(units, classes))

    def forward(self, row):
        outputs, _ = getattr(self, self.name)(self.embedding(row).unsqueeze(1))
        return self.classifier(outputs[-1, 0])


print("ready", flush=True)
for line in sys.stdin:
    file, of_rows, order = json.loads(line)
    shape, weights = read(file)
    with open(of_rows) as file:
        rows = json.load(file)
    model = Model(tokens=not isinstance(rows[0][0], list)).eval()
    model.load_state_dict({name: value for name, value in weights.items() if not name.startswith("auxiliary.")})
    with torch.no_grad():
        print(json.dumps([model(torch.tensor(row)).tolist() for row in rows]), flush=True)
