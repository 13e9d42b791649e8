import {
  buildModel,
  type OperatorSpec,
  type Quantization,
  type SubgraphSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";

// A model as streaming networks are: a variable holds the rows that came before, a second subgraph
// sets it up.

const QUANTIZATION: Quantization = { scale: 0.5, zeroPoint: -128 };

/** Rows that the variable holds, and what it holds at first. */
export const ROWS = 4;
export const CHANNELS = 8;
export const FIRST = 5;

export interface StreamingOptions {
  /** Leave out the subgraph that sets the variable up, so that it begins with zeros. */
  withoutInitializer?: boolean;
  /** Give what the variable holds before a run as an output, too. */
  showsState?: boolean;
}

/** Each run takes a row, gives the last `ROWS` + 1 rows, and keeps the last `ROWS` of these. */
export function streamingModel({
  withoutInitializer = false,
  showsState = false,
}: StreamingOptions = {}): Uint8Array {
  const rows = (name: string, count: number): TensorSpec => ({
    name,
    shape: [1, count, 1, CHANNELS],
    dtype: "int8",
    quantization: QUANTIZATION,
  });
  const list = (name: string, values: number[]): TensorSpec => ({
    name,
    shape: [values.length],
    dtype: "int32",
    data: Int32Array.from(values),
  });
  const initializer: SubgraphSpec = {
    tensors: [
      { name: "there", shape: [], dtype: "resource" },
      { ...rows("first", ROWS), data: new Int8Array(ROWS * CHANNELS).fill(FIRST) },
    ],
    operators: [
      { operator: "VAR_HANDLE", inputs: [], outputs: ["there"], options: { shared_name: "rows" } },
      { operator: "ASSIGN_VARIABLE", inputs: ["there", "first"], outputs: [] },
    ],
    inputs: [],
    outputs: [],
  };
  const call: OperatorSpec = {
    operator: "CALL_ONCE",
    inputs: [],
    outputs: [],
    options: { init_subgraph_index: 1 },
  };
  const slice = ["joined", "begin", "end", "step"];
  return buildModel({
    tensors: [
      rows("row", 1),
      { name: "here", shape: [], dtype: "resource" },
      rows("kept", ROWS),
      rows("joined", ROWS + 1),
      rows("next", ROWS),
      list("begin", [0, 1, 0, 0]),
      list("end", [0, 0, 0, 0]),
      list("step", [1, 1, 1, 1]),
    ],
    operators: [
      ...(withoutInitializer ? [] : [call]),
      { operator: "VAR_HANDLE", inputs: [], outputs: ["here"], options: { shared_name: "rows" } },
      { operator: "READ_VARIABLE", inputs: ["here"], outputs: ["kept"] },
      {
        operator: "CONCATENATION",
        inputs: ["kept", "row"],
        outputs: ["joined"],
        options: { axis: 1 },
      },
      {
        operator: "STRIDED_SLICE",
        inputs: slice,
        outputs: ["next"],
        options: { begin_mask: 13, end_mask: 15 },
      },
      { operator: "ASSIGN_VARIABLE", inputs: ["here", "next"], outputs: [] },
    ],
    inputs: ["row"],
    outputs: ["joined", ...(showsState ? ["kept"] : [])],
    ...(withoutInitializer ? {} : { subgraphs: [initializer] }),
  });
}
