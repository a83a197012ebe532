// onnxruntime on a graph of the same size as bench/transformer.cc runs: BERT's encoder with random weights,
// written as ONNX here, run with all optimisations on as many threads as there are cores.
//
//   npm install --ignore-scripts onnxruntime-node@1.22.0       (anywhere; NODE_PATH names it)
//   NODE_PATH=.../node_modules node bench/transformer_onnx.js [SEQUENCES [TOKENS [HIDDEN [LAYERS]]]]

const os = require('os');
const ort = require('onnxruntime-node');

const [sequences, tokens, hidden, layers] =
  [32, 128, 384, 6].map((value, i) => Number(process.argv[2 + i] ?? value));
const heads = hidden / 32;
const vocabulary = 30522;

// ---- ONNX is a protobuf: fields of (number, bytes | string | integer).
function varint(value) {
  const bytes = [];
  for (let v = BigInt.asUintN(64, BigInt(value)); ; v >>= 7n) {
    if (v < 128n) return Buffer.from([...bytes, Number(v)]);
    bytes.push(Number(v & 127n) | 128);
  }
}
function message(fields) {
  const parts = [];
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      parts.push(varint(number << 3), varint(value));
    } else {
      const bytes = Buffer.from(value);
      parts.push(varint((number << 3) | 2), varint(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}
function float(number, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((number << 3) | 5), bytes]);
}

const nodes = [];
const initializers = [];
let made = 0;
const name = () => `v${made++}`;
function tensor(dims, values) {
  const id = name();
  const is_integer = values instanceof BigInt64Array;
  initializers.push(message([...dims.map((d) => [1, d]), [2, is_integer ? 7 : 1], [8, id],
    [9, Buffer.from(values.buffer)]]));
  return id;
}
let state = 1;
function random(dims, one = 0) {
  const values = new Float32Array(dims.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 32 - 0.5) * 0.1 + one;
  }
  return tensor(dims, values);
}
const scalar = (value) => tensor([], new Float32Array([value]));
const shape = (dims) => tensor([dims.length], new BigInt64Array(dims.map(BigInt)));
function op(type, inputs, attributes = []) {
  const out = name();
  nodes.push(message([...inputs.map((i) => [1, i]), [2, out], [3, `n${out}`], [4, type],
    ...attributes.map((a) => [5, a])]));
  return out;
}
const ints = (key, values) => message([[1, key], ...values.map((v) => [8, v]), [20, 7]]);
const epsilon = Buffer.concat([message([[1, 'epsilon'], [20, 1]]), float(2, 1e-12)]);

const linear = (x, inputs, outputs) =>
  op('Add', [op('MatMul', [x, random([inputs, outputs])]), random([outputs])]);
const normalise = (x) =>
  op('LayerNormalization', [x, random([hidden], 1), random([hidden])], [epsilon]);
const split = (x, order) =>
  op('Transpose', [op('Reshape', [x, shape([0, 0, heads, 32])])], [ints('perm', order)]);
function gelu(x) {
  const erf = op('Erf', [op('Div', [x, scalar(Math.SQRT2)])]);
  return op('Mul', [op('Mul', [x, op('Add', [erf, scalar(1)])]), scalar(0.5)]);
}

let x = op('Add', [op('Gather', [random([vocabulary, hidden]), 'ids']), random([tokens, hidden])]);
x = normalise(x);
for (let i = 0; i < layers; ++i) {
  const q = split(linear(x, hidden, hidden), [0, 2, 1, 3]);
  const k = split(linear(x, hidden, hidden), [0, 2, 3, 1]);
  const v = split(linear(x, hidden, hidden), [0, 2, 1, 3]);
  const scores = op('Div', [op('MatMul', [q, k]), scalar(Math.sqrt(32))]);
  const masked = op('Add', [scores, 'mask']);
  const attended = op('MatMul', [op('Softmax', [masked]), v]);
  const joined = op('Reshape', [op('Transpose', [attended], [ints('perm', [0, 2, 1, 3])]),
    shape([0, 0, hidden])]);
  x = normalise(op('Add', [linear(joined, hidden, hidden), x]));
  x = normalise(op('Add', [linear(gelu(linear(x, hidden, 4 * hidden)), 4 * hidden, hidden), x]));
}

const typed = (id, kind, dims) => message([[1, id], [2, message([[1, message([[1, kind],
  [2, message(dims.map((d) => [1, message([[1, d]])]))]])]])]]);
const graph = message([...nodes.map((n) => [1, n]), [2, 'encoder'], ...initializers.map((t) => [5, t]),
  [11, typed('ids', 7, [sequences, tokens])], [11, typed('mask', 1, [sequences, 1, 1, tokens])],
  [12, typed(x, 1, [sequences, tokens, hidden])]]);
const model = message([[1, 8], [7, graph], [8, message([[1, ''], [2, 17]])]]);

async function main() {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: 'all', intraOpNumThreads: os.cpus().length });
  const ids = BigInt64Array.from({ length: sequences * tokens }, (_, i) => BigInt((i * 7919) % vocabulary));
  const feeds = {
    ids: new ort.Tensor('int64', ids, [sequences, tokens]),
    mask: new ort.Tensor('float32', new Float32Array(sequences * tokens), [sequences, 1, 1, tokens]),
  };
  let best = Infinity;
  for (let round = 0; round < 7; ++round) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
  }
  const operations = 2 * sequences * tokens * layers * (12 * hidden * hidden + 2 * tokens * hidden);
  console.log(JSON.stringify({ sequences, tokens, batch_ms: best * 1e3,
    forward_gflops: operations / best / 1e9, tokens_per_second: (sequences * tokens) / best }));
}
main();
