/**
 * Broken models by the error that each must give: its code and its exact message. Byte numbers
 * in messages follow from how `buildModel` lays a file out.
 */
import {
  ModelSlot,
  OperatorCodeSlot,
  OperatorSlot,
  QuantizationSlot,
  SubgraphSlot,
  TensorSlot,
} from "../../assembly/tflite/slots.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { TableCursor } from "./read.cursor.ts";
import {
  BIAS,
  bytes,
  CONVOLUTION,
  type Edit,
  extra,
  FEATURES,
  half,
  IMAGE,
  model,
  operator,
  operatorTable,
  option,
  POOL,
  repeat,
  SOFTMAX,
  soundModel,
  spec,
  subgraph,
  tensor,
  tensorTable,
  text,
  WEIGHTS,
  word,
} from "./read.edits.ts";

type Corpus = Record<string, Edit>;

const OTHER_FILES: Corpus = {
  "TRUNCATED expected a TensorFlow Lite model, found 0 bytes": text(""),
  "TRUNCATED expected a TensorFlow Lite model, found 7 bytes": text("\0\0\0\0TFL"),
  "NOT_A_MODEL expected a TensorFlow Lite model, found a PNG picture": text(
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
  ),
  "NOT_A_MODEL expected a TensorFlow Lite model, found a JPEG picture": text(
    "\xff\xd8\xff\xe0\0\x10JFIF",
  ),
  "NOT_A_MODEL expected a TensorFlow Lite model, found a ZIP archive": text(
    "PK\x03\x04\x14\0\0\0\x08\0",
  ),
  "NOT_A_MODEL expected a TensorFlow Lite model, found a .nolf blob, compiled already":
    text("\x10\0\0\0NOLF\0\0\0\0"),
  "NOT_A_MODEL expected a TensorFlow Lite model, found a model with its size put in front": text(
    "\x10\0\0\0\x10\0\0\0TFL3",
  ),
  // A text.
  "NOT_A_MODEL expected a TensorFlow Lite model, found a file that begins with the bytes 68 65 6c 6c 6f 20 77 6f":
    text("hello world"),
};

const STRUCTURE: Corpus = {
  "TRUNCATED at byte 0: expected the root table at byte 8, found the file's end at byte 8":
    text("\x08\0\0\0TFL3"),
  "MALFORMED at byte 0: expected an offset to the root table, found 0": word(() => 0, 0),
  "TRUNCATED at byte 0: expected the root table at byte 4294967280, found the file's end at byte 1024":
    word(() => 0, 0xfffffff0),
  // Half of a model.
  "TRUNCATED at byte 156: expected a table at byte 748, found the file's end at byte 600": () =>
    buildModel(soundModel()).slice(0, 600),
  "MALFORMED at byte 28: expected a vtable inside the file's 1024 bytes, found one at byte -2147483619":
    word((root) => root.at, 0x7fffffff),
  "MALFORMED at byte 28: expected a vtable inside the file's 1024 bytes, found one at byte 2147483676":
    word((root) => root.at, 0x80000000),
  "MALFORMED at byte 14: expected a vtable of even size from 4, found 7 bytes for a table of 20":
    half((root) => root.vtable, 7),
  "TRUNCATED at byte 14: expected a vtable of 65534 bytes, found 1010 bytes to the file's end":
    half((root) => root.vtable, 0xfffe),
  "MALFORMED at byte 14: expected a vtable of even size from 4, found 14 bytes for a table of 3":
    half((root) => root.vtable + 2, 3),
  "TRUNCATED at byte 28: expected a table of 65535 bytes, found 996 bytes to the file's end": half(
    (root) => root.vtable + 2,
    0xffff,
  ),
  "MALFORMED at byte 18: expected a field of 4 bytes in a table of 20, found one at 4096": half(
    (root) => root.entry(ModelSlot.VERSION),
    0x1000,
  ),
  "MALFORMED at byte 18: expected a field of 4 bytes in a table of 20, found one at 2": half(
    (root) => root.entry(ModelSlot.VERSION),
    2,
  ),
  "TRUNCATED at byte 36: expected a vector at byte 100036, found the file's end at byte 1024": word(
    (root) => root.field(ModelSlot.BUFFERS),
    100_000,
  ),
  "MALFORMED at byte 40: expected an offset to a vector, found 0": word(
    (root) => root.field(ModelSlot.SUBGRAPHS),
    0,
  ),
  "TRUNCATED at byte 68: expected a vector of 17179869180 bytes, found 956 bytes to the file's end":
    word((root) => root.vector(ModelSlot.SUBGRAPHS).at, 0xffffffff),
  "TRUNCATED at byte 792: expected a vector of 2147483647 bytes, found 232 bytes to the file's end":
    word((root) => tensorTable(root, IMAGE).vector(TensorSlot.NAME).at, 0x7fffffff),
  "TRUNCATED at byte 156: expected a table at byte 65692, found the file's end at byte 1024": word(
    (root) => subgraph(root).vector(SubgraphSlot.TENSORS).first,
    0x10000,
  ),
};

const MODELS: Corpus = {
  "UNSUPPORTED_MODEL expected version 3 of the TensorFlow Lite schema, found version 2": model({
    version: 2,
  }),
  "MALFORMED expected a model with a subgraph, found none": word(
    (root) => root.vector(ModelSlot.SUBGRAPHS).at,
    0,
  ),
  "UNSUPPORTED_MODEL expected one subgraph, besides those that only set variables up, and no control flow, found 2 subgraphs":
    word((root) => root.vector(ModelSlot.SUBGRAPHS).at, 2),
  "UNSUPPORTED_MODEL expected at least one output, found 0": model({ outputs: [] }),
  "MALFORMED in operator 3: expected one of 1 subgraphs for CALL_ONCE to run, found 1": spec(
    (model) => {
      const options = { init_subgraph_index: 1 };
      model.operators.push({ operator: "CALL_ONCE", inputs: [], outputs: [], options });
    },
  ),
  "MALFORMED at byte 448: expected an operator code from 0, found -2": bytes((view, root) => {
    const code = root.vector(ModelSlot.OPERATOR_CODES).table(CONVOLUTION);
    view.setInt8(code.field(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE), -3);
    view.setInt32(code.field(OperatorCodeSlot.BUILTIN_CODE), -2, true);
  }),
  "MALFORMED at byte 416: expected the name of a custom operator, found none": operator(SOFTMAX, {
    operator: "",
  }),
  ...Object.fromEntries(
    Object.entries({
      "edgetpu-custom-op": "the Coral Edge TPU",
      "ethos-u": "an Arm Ethos-U (by Vela)",
      NeutronGraph: "an NXP Neutron NPU",
      XC_conv2d_v2: "an XMOS xcore",
      "vsi-npu": "a VeriSilicon NPU (by its own compiler)",
    }).map(([name, accelerator]) => [
      `UNSUPPORTED_MODEL expected the original model, not one that another compiler has been at, found one compiled for ${accelerator}, in operator "${name}"`,
      operator(SOFTMAX, { operator: name }),
    ]),
  ),
};

const TENSORS: Corpus = {
  'UNSUPPORTED_MODEL in tensor 1: expected an element type from 0 to 22 for "weights", found 99':
    bytes((view, root) => {
      view.setUint8(tensorTable(root, WEIGHTS).field(TensorSlot.TYPE), 99);
    }),
  'MALFORMED in tensor 3: expected extents from 0 for "features", found -1': tensor(FEATURES, {
    shape: [1, -1, 4, 3],
  }),
  "TOO_LARGE in tensor 3: expected at most 8 dimensions, found 9": tensor(FEATURES, {
    shape: repeat(9, () => 1),
  }),
  'TOO_LARGE in tensor 3: expected at most 768 MiB in "features", found 268435456 elements of 8 each':
    tensor(FEATURES, { dtype: "int64", shape: [1, 16384, 16384, 1] }),
  'TOO_LARGE in tensor 3: expected at most 768 MiB in "features", found 2147483648 elements of 1 each':
    tensor(FEATURES, { shape: [1, 65536, 32768, 1] }),
  // Extents whose product overflows after a 0.
  'TOO_LARGE in tensor 3: expected at most 768 MiB in "features", found 2147483647 elements of 1 each':
    tensor(FEATURES, { shape: [0, 0x7fffffff, 0x7fffffff, 4] }),
  'MALFORMED in tensor 1: expected one of 3 buffers for "weights", found buffer 77': word(
    (root) => tensorTable(root, WEIGHTS).field(TensorSlot.BUFFER),
    77,
  ),
  'MALFORMED in tensor 1: expected 6 bytes for the elements of "weights", found 5': tensor(
    WEIGHTS,
    { data: new Uint8Array(5) },
  ),
  'MALFORMED in tensor 2: expected 12 bytes for the elements of "bias", found 8': tensor(BIAS, {
    data: new Int32Array(2),
  }),
  // Weights after the end of the file.
  "TRUNCATED at byte 1028: expected a buffer of 6 bytes at byte 5000, found the file's end at byte 1056":
    tensor(WEIGHTS, { data: undefined, dataAt: { offset: 5000, size: 6 } }),
  // Weights whose end overflows.
  "TRUNCATED at byte 1028: expected a buffer of 9007199254740992 bytes at byte 2, found the file's end at byte 1056":
    tensor(WEIGHTS, { data: undefined, dataAt: { offset: 2, size: 2 ** 53 } }),
  'UNSUPPORTED_MODEL in tensor 1: expected dense elements in this file for "weights", found sparse ones':
    tensor(WEIGHTS, { isSparse: true }),
  'UNSUPPORTED_MODEL in tensor 1: expected dense elements in this file for "weights", found ones in another file':
    tensor(WEIGHTS, { externalBuffer: 1 }),
  // A name as long as a book.
  "TOO_LARGE in tensor 6: expected at most 16384 bytes in a name, found 16385": extra({
    name: "x".repeat(16385),
    shape: [],
  }),
  // A name that would break the message.
  'MALFORMED in tensor 6: expected extents from 0 for "a?b?c?édddddddddddddddddddddddddddddddddddddddddddddddddddddd…", found -2':
    extra({ name: `a\nb\u0000c\u2028é${"d".repeat(99)}`, shape: [-2] }),
};

const QUANTIZATION: Corpus = {
  'UNSUPPORTED_MODEL in tensor 0: expected a scale above 0 for "image", found 0, which makes all its values 0':
    tensor(IMAGE, { quantization: { scale: 0, zeroPoint: 0 } }),
  // A negative scale of a later channel.
  'MALFORMED in tensor 1: expected a scale finite and above 0 for "weights", found -0.5': tensor(
    WEIGHTS,
    { quantization: { scale: [1, 1, -0.5], zeroPoint: [0, 0, 0] } },
  ),
  'MALFORMED in tensor 0: expected a scale finite and above 0 for "image", found NaN': tensor(
    IMAGE,
    { quantization: { scale: Number.NaN, zeroPoint: 0 } },
  ),
  'MALFORMED in tensor 0: expected a scale finite and above 0 for "image", found Infinity': tensor(
    IMAGE,
    { quantization: { scale: Number.POSITIVE_INFINITY, zeroPoint: 0 } },
  ),
  'MALFORMED in tensor 0: expected a zero point from -128 to 127 for "image", found 128': tensor(
    IMAGE,
    { quantization: { scale: 1, zeroPoint: 128 } },
  ),
  'MALFORMED in tensor 0: expected a zero point from 0 to 255 for "image", found -1': tensor(
    IMAGE,
    { dtype: "uint8", quantization: { scale: 1, zeroPoint: -1 } },
  ),
  'MALFORMED in tensor 0: expected as many zero points as scales (1) for "image", found 0': tensor(
    IMAGE,
    { quantization: { scale: 1, zeroPoint: [] } },
  ),
  'MALFORMED in tensor 1: expected 3 scales, one for each index of axis 0 of "weights", found 2':
    tensor(WEIGHTS, { quantization: { scale: [1, 1], zeroPoint: [0, 0] } }),
  'MALFORMED in tensor 3: expected an axis from 0 to 3 for the 3 scales of "features", found 4':
    tensor(FEATURES, { quantization: { scale: [1, 1, 1], zeroPoint: [0, 0, 0], axis: 4 } }),
  'UNSUPPORTED_MODEL in tensor 1: expected scales and zero points for "weights", found another quantization':
    () => {
      const model = soundModel();
      Object.assign(model.tensors[WEIGHTS]?.quantization ?? {}, { axis: 3 });
      const file = buildModel(model);
      // The union's type is left out: let it be read from the axis, 3 as well (MultiAxis).
      const table = tensorTable(TableCursor.root(file), WEIGHTS).table(TensorSlot.QUANTIZATION);
      const offset = table.field(QuantizationSlot.AXIS) - table.at;
      new DataView(file.buffer).setUint16(table.entry(QuantizationSlot.DETAILS_TYPE), offset, true);
      return file;
    },
};

const OPERATORS: Corpus = {
  "MALFORMED in operator 1: expected one of 3 operator codes, found 3": word(
    (root) => operatorTable(root, POOL).field(OperatorSlot.CODE_INDEX),
    3,
  ),
  "MALFORMED in operator 1: expected an input from tensor -1 to 5, found 6": operator(POOL, {
    inputs: [6],
  }),
  "MALFORMED in operator 0: expected an input from tensor -1 to 5, found -2": operator(
    CONVOLUTION,
    { inputs: ["image", "weights", -2] },
  ),
  // An output left out.
  "MALFORMED in operator 1: expected an output from tensor 0 to 5, found -1": operator(POOL, {
    outputs: [-1],
  }),
  "MALFORMED expected an output of the model from tensor 0 to 5, found 1000": model({
    outputs: [1000],
  }),
  "MALFORMED in operator 0: expected 2 inputs at least for CONV_2D, found 1": operator(
    CONVOLUTION,
    {
      inputs: ["image", -1, "bias"],
    },
  ),
  "MALFORMED in operator 1: expected outputs of AVERAGE_POOL_2D: 1, found 0": operator(POOL, {
    outputs: [],
  }),
  "MALFORMED in operator 2: expected outputs of SPLIT: 2, found 1": operator(SOFTMAX, {
    operator: "SPLIT",
    inputs: ["bias", "pooled"],
    options: { num_splits: 2 },
  }),
  // A convolution without options.
  "MALFORMED in operator 0: expected stride_w from 1 to 65535, found 0": operator(CONVOLUTION, {
    options: undefined,
  }),
  "MALFORMED in operator 0: expected padding 0 (SAME) or 1 (VALID), found 2": option(CONVOLUTION, {
    padding: 2,
  }),
  "MALFORMED in operator 0: expected stride_h from 1 to 65535, found 0": option(CONVOLUTION, {
    stride_h: 0,
  }),
  "MALFORMED in operator 0: expected stride_w from 1 to 65535, found 65536": option(CONVOLUTION, {
    stride_w: 65536,
  }),
  "MALFORMED in operator 0: expected dilation_w_factor from 1 to 65535, found -1": option(
    CONVOLUTION,
    { dilation_w_factor: -1 },
  ),
  "MALFORMED in operator 0: expected fused_activation_function from 0 (NONE) to 5 (SIGN_BIT), found 6":
    option(CONVOLUTION, { fused_activation_function: 6 }),
  "MALFORMED in operator 1: expected filter_height from 1 to 65535, found 0": option(POOL, {
    filter_height: 0,
  }),
  // A softmax without beta.
  "MALFORMED in operator 2: expected beta finite and above 0, found 0.0": operator(SOFTMAX, {
    options: {},
  }),
  "MALFORMED in operator 2: expected beta finite and above 0, found NaN": option(SOFTMAX, {
    beta: Number.NaN,
  }),
  "MALFORMED in operator 2: expected axis from -8 to 7, found 8": operator(SOFTMAX, {
    operator: "CONCATENATION",
    options: { axis: 8 },
  }),
  "MALFORMED in operator 2: expected alpha finite, found -Infinity": operator(SOFTMAX, {
    operator: "LEAKY_RELU",
    options: { alpha: -Infinity },
  }),
};

const TOPOLOGY: Corpus = {
  'MALFORMED in tensor 1: expected "weights" as an input of the model not to be constant, found a constant':
    spec((model) => model.inputs.push("weights")),
  'MALFORMED in operator 0: expected "image" (tensor 0) computed before CONV_2D reads it, found it later or nowhere':
    model({ inputs: [] }),
  // Operators out of order.
  'MALFORMED in operator 0: expected "pooled" (tensor 4) computed before SOFTMAX reads it, found it later or nowhere':
    spec((model) => model.operators.reverse()),
  // An operator that reads what it writes.
  'MALFORMED in operator 1: expected "pooled" (tensor 4) computed before AVERAGE_POOL_2D reads it, found it later or nowhere':
    operator(POOL, { inputs: ["pooled"] }),
  // A cycle of two operators.
  'MALFORMED in operator 1: expected "scores" (tensor 5) computed before AVERAGE_POOL_2D reads it, found it later or nowhere':
    spec((model) => {
      model.operators[POOL]?.inputs.push("scores");
    }),
  // Two operators that write one tensor.
  'MALFORMED in tensor 3: expected one operator that computes "features", found operators 0 and 2':
    operator(SOFTMAX, { outputs: ["features"] }),
  // An operator that writes one tensor twice.
  'MALFORMED in tensor 4: expected one operator that computes "pooled", found operators 1 and 1':
    operator(POOL, { operator: "TANH", outputs: ["pooled", "pooled"] }),
  'MALFORMED in tensor 2: expected "bias" not to be computed, found a constant that operator 1 writes':
    operator(POOL, { outputs: ["bias"] }),
  'MALFORMED in tensor 0: expected "image" not to be computed, found an input of the model that operator 1 writes':
    operator(POOL, { outputs: ["image"] }),
  'MALFORMED in tensor 5: expected "scores", an output of the model, to be computed, found it nowhere':
    spec((model) => model.operators.pop()),
  'UNSUPPORTED_MODEL in tensor 6: expected "state", an output of the model, to be computed, found a variable':
    spec((model) => {
      model.tensors.push({ name: "state", shape: [1], dtype: "int8", isVariable: true });
      model.outputs.push("state");
    }),
};

/** Small files that would have the compiler work or allocate without end. */
const GREED: Corpus = {
  "TOO_LARGE expected at most 65536 tensors, found 65537": spec((model) => {
    const shape: number[] = [];
    model.tensors = repeat(65537, () => ({ name: "t", shape, dtype: "int8" }));
    model.inputs = model.outputs = ["t"];
    model.operators = [];
  }),
  "TOO_LARGE expected at most 16384 operators, found 16385": model({
    operators: repeat(16385, () => ({ operator: "TANH", inputs: [], outputs: [] })),
  }),
  "TOO_LARGE expected at most 1024 operator codes, found 1025": model({
    operators: repeat(1025, (n) => ({ operator: `op${n}`, inputs: [], outputs: [] })),
  }),
  "TOO_LARGE in operator 1: expected at most 1024 inputs or outputs, found 1025": operator(POOL, {
    inputs: repeat(1025, () => "features"),
  }),
  "TOO_LARGE in operator 255: expected at most 262144 inputs and outputs of operators in all, found 262146 up to here":
    spec((model) => {
      const inputs = repeat(1024, () => "image");
      model.operators.unshift(...repeat(257, () => ({ operator: "TANH", inputs, outputs: [] })));
    }),
  // One long name for many tensors.
  "TOO_LARGE in tensor 1029: expected at most 16777216 bytes of names in all, found 16777252 up to here":
    extra({ name: "n".repeat(16384), shape: [] }, 1024),
  // One vector of scales for many tensors.
  "TOO_LARGE in tensor 21: expected at most 1048576 scales in all, found 1048586 up to here":
    () => {
      const scale = repeat(65536, () => 1);
      const quantization = { scale, zeroPoint: scale.map(() => 0) };
      return extra({ name: "q", shape: [scale.length], quantization }, 17)();
    },
  "TOO_LARGE in tensor 11: expected at most 4294967296 bytes of tensors in all, found 4831838312 up to here":
    extra({ name: "e", shape: [3 << 28] }, 6),
  // One large constant for many operators.
  "TOO_LARGE in operator 256: expected at most 268435456 bytes of constants read by operators in all, found 269484032 up to here":
    spec((model) => {
      const data = new Uint8Array(1 << 20);
      model.tensors.push({ name: "large", shape: [data.length], dtype: "uint8", data });
      const inputs = ["large"];
      model.operators.unshift(...repeat(257, () => ({ operator: "TANH", inputs, outputs: [] })));
    }),
};

export const BROKEN_MODELS: Corpus = {
  ...OTHER_FILES,
  ...STRUCTURE,
  ...MODELS,
  ...TENSORS,
  ...QUANTIZATION,
  ...OPERATORS,
  ...TOPOLOGY,
  ...GREED,
};

/** Models that are odd and that TFLite or TFLite Micro runs all the same, by what is odd. */
export const ODD_MODELS: Corpus = {
  "no operators": spec((model) => {
    model.operators = [];
    model.outputs = ["image"];
  }),
  "an input listed twice": spec((model) => model.inputs.push("image")),
  "an output listed twice": spec((model) => model.outputs.push("scores")),
  "a constant as an output": spec((model) => model.outputs.push("weights")),
  "an input as an output": spec((model) => model.outputs.push("image")),
  "a batch that is not known in advance": tensor(IMAGE, { shape: [-1, 4, 4, 2] }),
  "a buffer that goes on behind the elements": tensor(BIAS, { data: new Int32Array(4) }),
  "a bias whose axis does not fit its rank": tensor(BIAS, {
    quantization: { scale: [1, 1, 1], zeroPoint: [0, 0, 0], axis: 3 },
  }),
  "a bias with fewer scales than channels": tensor(BIAS, {
    quantization: { scale: [1, 1], zeroPoint: [0, 0] },
  }),
  "a bias with a scale of 0": tensor(BIAS, { quantization: { scale: 0, zeroPoint: 0 } }),
  "a bias without zero points": tensor(BIAS, { quantization: { scale: 1, zeroPoint: [] } }),
  "a bias with a zero point beyond 32 bits": tensor(BIAS, {
    quantization: { scale: 1, zeroPoint: 2 ** 40 },
  }),
  "weights whose axis is not that of output channels": tensor(WEIGHTS, {
    quantization: { scale: [1, 1, 1], zeroPoint: [0, 0, 0], axis: 4 },
  }),
  "masks of more bits than dimensions": operator(SOFTMAX, {
    operator: "STRIDED_SLICE",
    inputs: ["pooled", "bias", "bias", "bias"],
    options: { begin_mask: -1, end_mask: 0x7fffffff },
  }),
};
