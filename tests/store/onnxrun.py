# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs an ONNX graph with numpy: the operators that a brain's policy may use, as
the public specification of operator set 13 says, in single precision. The standard's
own examples of each operator are held against it in test-onnx.py."""

import numpy
from onnx import numpy_helper


def softmax(x, axis):
    e = numpy.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def gemm(a, b, c, transB=0):
    return a @ (b.T if transB else b) + c


def slice_(data, starts, ends, axes):
    index = [slice(None)] * data.ndim
    for start, end, axis in zip(starts, ends, axes):
        index[axis] = slice(start, end)
    return data[tuple(index)]


def argmax(x, axis, keepdims):
    found = x.argmax(axis=axis)
    return numpy.expand_dims(found, axis) if keepdims else found


def cast(x, to):
    assert to == 1
    return x.astype(numpy.float32)


OPERATORS = {
    "IsNaN": numpy.isnan,
    "IsInf": numpy.isinf,
    "Or": numpy.logical_or,
    "Where": numpy.where,
    "Sub": numpy.subtract,
    "Mul": numpy.multiply,
    "Add": numpy.add,
    "Clip": lambda x, low, high: numpy.minimum(numpy.maximum(x, low), high),
    "Gemm": gemm,
    "Tanh": numpy.tanh,
    "Relu": lambda x: numpy.maximum(x, numpy.float32(0)),
    "Elu": lambda x: numpy.where(x < 0, numpy.exp(numpy.minimum(x, 0)) - 1, x),
    "Sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "Softmax": softmax,
    "Slice": slice_,
    "ArgMax": argmax,
    "Cast": cast,
    "Min": numpy.minimum,
    "Max": numpy.maximum,
    "Concat": lambda *parts, axis: numpy.concatenate(parts, axis=axis),
}


def evaluate(model, given):
    """What the graph makes of arrays by the names of its inputs."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    values.update(given)
    for node in model.graph.node:
        arguments = [values[name] for name in node.input]
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        with numpy.errstate(over="ignore"):
            values[node.output[0]] = OPERATORS[node.op_type](*arguments, **attributes)
    (result,) = model.graph.output
    return values[result.name]


def run(model, observations):
    (given,) = model.graph.input
    return evaluate(model, {given.name: numpy.asarray(observations, numpy.float32)})
