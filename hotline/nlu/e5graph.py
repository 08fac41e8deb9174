"""The encoder as a graph for onnxruntime: whole numbers of 8 bit in every large product, one thread a sentence.

A product of whole numbers has one step for all of its input, so a channel that reaches far would leave few steps to
the others. How far each channel reaches was measured when the encoder was adapted (``reach``); here the input's
channels are drawn together and the weights stretched to match, which changes nothing but the rounding. The weights
keep to 7 bit: processors without VNNI add two products in 16 bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hotline.nlu.e5file import E5File

ROWS, SENTENCE = "rows", "sentence"  # input (1, tokens, hidden); output (1, hidden), of length 1
EVENED = 0.8  # of a channel's reach goes into the weights, the rest stays in the input
STEPS = 63
POINTS = ("before", "context", "between", "inner")  # of each layer: what goes into its four products
_OWN = "com.microsoft"
Reach = Mapping[str, np.ndarray]  # by "layer.point": the greatest number seen in each channel


def build(file: E5File, reach: Reach, told: bool = False) -> bytes:
    """The model's bytes. ``told``: what goes into each product is an output too, under its "layer.point"."""
    graph = _Graph(file, reach)
    last = graph.layers()
    graph.add("ReduceMean", [last, graph.keep("tokens", np.array([1], np.int64))], "mean", keepdims=0)
    graph.add("LpNormalization", ["mean"], SENTENCE, axis=-1, p=2)
    outputs = [helper.make_tensor_value_info(SENTENCE, TensorProto.FLOAT, [1, file.hidden])]
    if told:
        names = [f"{layer}.{point}" for layer in range(file.layers) for point in POINTS]
        outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    inputs = [helper.make_tensor_value_info(ROWS, TensorProto.FLOAT, [1, "length", file.hidden])]
    whole = helper.make_graph(graph.nodes, "e5", inputs, outputs, graph.kept)
    versions = [helper.make_opsetid("", 18), helper.make_opsetid(_OWN, 1)]
    return bytes(helper.make_model(whole, opset_imports=versions, ir_version=9).SerializeToString())


def reach(file: E5File, texts: Sequence[str]) -> dict[str, np.ndarray]:
    """How far each channel reaches in ``texts``."""
    import onnxruntime

    session = onnxruntime.InferenceSession(build(file, {}, told=True), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()[1:]]
    found = dict.fromkeys(names, np.zeros(1, np.float32))
    for text in texts:
        for name, numbers in zip(names, session.run(names, {ROWS: file.rows(text)}), strict=True):
            found[name] = np.maximum(found[name], np.abs(numbers[0]).max(axis=0))
    return found


class _Graph:
    """Nodes and constants as they come together."""

    def __init__(self, file: E5File, reach: Reach) -> None:
        self.file, self.reach = file, reach
        self.nodes: list[onnx.NodeProto] = []
        self.kept: list[onnx.TensorProto] = []

    def keep(self, name: str, numbers: np.ndarray) -> str:
        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], *outputs: str, domain: str = "", **options: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **options))

    def layers(self) -> str:
        """All layers; the name of the last one's output."""
        file, x = self.file, "0.before"
        norm = [self.keep(f"start.{part}", file.tensor(f"emb.ln.{part}")) for part in "wb"]
        self.add("LayerNormalization", [ROWS, *norm], x, axis=-1, epsilon=file.epsilon)
        for number in range(file.layers):
            x = self.layer(number, x)
        return x

    def layer(self, number: int, x: str) -> str:
        """One layer after ``x``; the name of its output."""
        file, own = self.file, f"l{number}."
        hidden, inner = file.hidden, file.inner
        value = self.evening(f"{number}.context", matrix := file.tensor(f"{own}ao.w", (hidden, hidden)))
        three = [file.tensor(f"{own}{name}.w", (hidden, hidden)) for name in "qkv"]
        biases = [file.tensor(f"{own}{name}.b") for name in "qkv"]
        # what the weights of the next product were stretched by is taken from the values that go into it
        three[2], biases[2] = three[2] / value[:, None], biases[2] / value
        self.product(x, f"{number}.before", np.concatenate(three), np.concatenate(biases), f"{own}qkv")
        self.add("Split", [f"{own}qkv"], *(f"{own}{name}" for name in "qkv"), axis=-1, num_outputs=3)
        queries = [f"{own}{name}" for name in "qkv"]
        self.add("MultiHeadAttention", queries, f"{number}.context", domain=_OWN, num_heads=file.heads)
        self.whole(f"{number}.context", matrix * value, file.tensor(f"{own}ao.b"), f"{own}ao")
        between = self.sum_and_norm(x, f"{own}ao", f"{own}aln", f"{number}.between")
        first = file.tensor(f"{own}fi.w", (inner, hidden))
        self.product(between, between, first, file.tensor(f"{own}fi.b"), f"{own}fi")
        self.add("Gelu", [f"{own}fi"], f"{number}.inner", domain=_OWN)
        second = file.tensor(f"{own}fo.w", (hidden, inner))
        self.product(f"{number}.inner", f"{number}.inner", second, file.tensor(f"{own}fo.b"), f"{own}fo")
        return self.sum_and_norm(between, f"{own}fo", f"{own}oln", f"{number + 1}.before")

    def evening(self, point: str, matrix: np.ndarray) -> np.ndarray:
        """What each input channel of ``matrix`` (outputs, inputs) is divided by and its weights multiplied with."""
        if point not in self.reach:
            return np.ones(matrix.shape[1], np.float32)
        far = np.maximum(self.reach[point].astype(np.float32), 1e-5)
        heavy = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
        return np.asarray(far**EVENED / heavy ** (1 - EVENED), np.float32)

    def product(self, x: str, point: str, matrix: np.ndarray, bias: np.ndarray, target: str) -> None:
        """``x @ matrix.T + bias`` with evened channels."""
        if point in self.reach:
            factor = self.evening(point, matrix)
            self.add("Mul", [x, self.keep(f"{target}.even", 1 / factor)], f"{target}.evened")
            x, matrix = f"{target}.evened", matrix * factor
        self.whole(x, matrix, bias, target)

    def whole(self, x: str, matrix: np.ndarray, bias: np.ndarray, target: str) -> None:
        """``x @ matrix.T + bias`` in whole numbers, with a step of its own for each output."""
        step = np.maximum(np.abs(matrix).max(axis=1) / STEPS, 1e-9).astype(np.float32)
        numbers = np.clip(np.round(matrix / step[:, None]), -STEPS, STEPS).astype(np.int8).T
        inputs = [x, self.keep(f"{target}.w", numbers), self.keep(f"{target}.step", step), ""]
        self.add("DynamicQuantizeMatMul", [*inputs, self.keep(f"{target}.b", bias)], target, domain=_OWN)

    def sum_and_norm(self, x: str, y: str, norm: str, target: str) -> str:
        parts = [self.keep(f"{norm}.{part}", self.file.tensor(f"{norm}.{part}")) for part in "wb"]
        self.add("SkipLayerNormalization", [x, y, *parts], target, domain=_OWN, epsilon=self.file.epsilon)
        return target
