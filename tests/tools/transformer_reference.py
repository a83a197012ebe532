#!/usr/bin/env python3
"""The forward pass of BERT and XLM-R a second time, in numpy with doubles.

    /usr/bin/python3 tests/tools/transformer_reference.py > tests/fixtures/transformer_vectors.txt

Written from the papers alone, to be read rather than to be fast. The weights are those of
tests/testing/model_testing.h. Each line of the output is a case, what was taken of it and the values:

    bert 17 mean 0.123 ...      the vector of a sequence of 17 tokens, pooled and of unit length
    bert-pair 17 logits ...     what the classification head says of it

Needs python3-numpy.
"""

import math

import numpy as np

MASK = (1 << 64) - 1


class Random:
    """SplitMix64, as base/random.h."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0 ** -53


def seed_of(name, seed):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h + seed


class Model:
    def __init__(self, kind, activation="gelu", labels=0, seed=1):
        self.kind = kind
        self.activation = activation
        self.hidden, self.layers, self.heads, self.intermediate = 32, 2, 4, 64
        self.vocabulary, self.positions = 100, 66
        self.types = 2 if kind == "bert" else 1
        self.epsilon = 1e-12 if kind == "bert" else 1e-5
        self.first_position = 0 if kind == "bert" else 2
        self.labels = labels
        self.seed = seed
        self.prefix = "" if labels == 0 else ("bert." if kind == "bert" else "roberta.")

    def tensor(self, name, *shape):
        random = Random(seed_of(name, self.seed))
        one = 1.0 if name.endswith("LayerNorm.weight") else 0.0
        values = [(random.uniform() - 0.5) * 0.4 + one for _ in range(math.prod(shape))]
        return np.array(values, dtype=np.float32).astype(np.float64).reshape(shape)

    def linear(self, name, x, outputs):
        weight = self.tensor(name + ".weight", outputs, x.shape[-1])
        return x @ weight.T + self.tensor(name + ".bias", outputs)

    def norm(self, name, x):
        mean = x.mean(axis=-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
        x = (x - mean) / np.sqrt(variance + self.epsilon)
        return x * self.tensor(name + ".weight", self.hidden) + self.tensor(name + ".bias", self.hidden)

    def activate(self, x):
        if self.activation == "gelu":
            return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))
        if self.activation == "relu":
            return np.maximum(x, 0)
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))

    def attention(self, name, x):
        q, k, v = (self.linear(name + "self." + part, x, self.hidden) for part in ("query", "key", "value"))
        width = self.hidden // self.heads
        out = np.zeros_like(x)
        for head in range(self.heads):
            at = slice(head * width, (head + 1) * width)
            scores = q[:, at] @ k[:, at].T / math.sqrt(width)
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            out[:, at] = scores / scores.sum(axis=-1, keepdims=True) @ v[:, at]
        return self.linear(name + "output.dense", out, self.hidden)

    def run(self, ids, types):
        p = self.prefix
        e = p + "embeddings."
        words = self.tensor(e + "word_embeddings.weight", self.vocabulary, self.hidden)
        positions = self.tensor(e + "position_embeddings.weight", self.positions, self.hidden)
        kinds = self.tensor(e + "token_type_embeddings.weight", self.types, self.hidden)
        at = self.first_position + np.arange(len(ids))
        x = self.norm(e + "LayerNorm", words[ids] + positions[at] + kinds[np.minimum(types, self.types - 1)])
        for i in range(self.layers):
            name = "%sencoder.layer.%d." % (p, i)
            x = self.norm(name + "attention.output.LayerNorm", x + self.attention(name + "attention.", x))
            wide = self.activate(self.linear(name + "intermediate.dense", x, self.intermediate))
            x = self.norm(name + "output.LayerNorm", x + self.linear(name + "output.dense", wide, self.hidden))
        return x

    def logits(self, states):
        first = states[:1]
        if self.kind == "bert":
            pooled = np.tanh(self.linear("bert.pooler.dense", first, self.hidden))
            return self.linear("classifier", pooled, self.labels)[0]
        pooled = np.tanh(self.linear("classifier.dense", first, self.hidden))
        return self.linear("classifier.out_proj", pooled, self.labels)[0]


def show(*words, values):
    print(*words, *("%.7g" % value for value in values))


def inputs_of(length):
    random = Random(length)
    ids = np.array([random.next() % 100 for _ in range(length)])
    types = np.array([0 if i < length // 2 else 1 for i in range(length)])
    return ids, types


def unit(x):
    return x / np.sqrt((x * x).sum())


def main():
    models = {
        "bert": Model("bert"),
        "bert-tanh": Model("bert", activation="gelu_new", seed=2),
        "bert-relu": Model("bert", activation="relu", seed=3),
        "xlm-roberta": Model("xlm-roberta", seed=4),
        "bert-pair": Model("bert", labels=1, seed=5),
        "xlm-roberta-pair": Model("xlm-roberta", labels=1, seed=6),
    }
    for name, model in models.items():
        for length in (1, 3, 17, 40, 64):
            ids, types = inputs_of(length)
            states = model.run(ids, types)
            if model.labels:
                show(name, length, "logits", values=model.logits(states))
                continue
            show(name, length, "cls", values=unit(states[0]))
            show(name, length, "mean", values=unit(states.mean(axis=0)))
            show(name, length, "max", values=unit(states.max(axis=0)))


main()
