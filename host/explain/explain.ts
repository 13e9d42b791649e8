import { checkInput } from "../arguments.ts";
import type { Blob, Segment, Tensor } from "../blob/blob.ts";
import { DTYPES, elementsOf } from "../dtype.ts";
import { blobMeaning, streamRows } from "../inspect/stream-rows.ts";
import { reportOf } from "../report.ts";
import type { Edge, Explanation, SegmentView, TensorView } from "./explanation.ts";
import { jobView } from "./jobs.ts";
import { layersOf } from "./layers.ts";
import { constantsView, memoryView } from "./memory.ts";

/**
 * Makes the document of an opened blob; `fileBytes` is the size of its file. Throws BAD_INPUT for
 * what is none.
 */
export function explain(blob: Blob, fileBytes: number): Explanation {
  checkInput(blob, Array.isArray(blob?.segments), "a blob that `openBlob` gave");
  checkInput(fileBytes, Number.isInteger(fileBytes), "the size of the blob's file");
  const { operators, ...report } = reportOf(blob, fileBytes);
  const segments = blob.segments.map((segment) => segmentView(blob, segment));
  const tensors = blob.tensors.map(tensorView);
  return {
    ...report,
    tensors,
    inputs: blob.inputs,
    outputs: blob.outputs,
    operators: layersOf(blob, operators, tensors, segments),
    edges: edgesOf(blob),
    segments,
    constants: constantsView(blob),
  };
}

function tensorView({ index, name, shape, dtype, quantization }: Tensor): TensorView {
  const bytes = elementsOf(shape) * DTYPES[dtype].bytes;
  return { index, name, shape, dtype, bytes, quantization };
}

function segmentView(blob: Blob, segment: Segment): SegmentView {
  const { placement, operators, jobs, stream } = segment;
  if (placement === "CPU") return { placement, operators, jobs: [], stream: [] };
  return {
    placement,
    operators,
    jobs: jobs.map((job, index) => jobView(blob, job, index)),
    stream: streamRows(stream, blobMeaning(blob, jobs)),
    memory: memoryView(segment),
  };
}

/** By operators, in their order, and by the tensors that each reads; then what leaves. */
function edgesOf({ operators, inputs, outputs }: Blob): Edge[] {
  const producers = new Map<number, number>();
  for (const { index, outputs } of operators) {
    for (const tensor of outputs) producers.set(tensor, index);
  }
  const edge = (tensor: number, to?: number): Edge => {
    const from = producers.get(tensor);
    return { tensor, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  };
  const isComputed = (tensor: number) => producers.has(tensor) || inputs.includes(tensor);
  return [
    ...operators.flatMap(({ index, inputs }) =>
      inputs.filter(isComputed).map((tensor) => edge(tensor, index)),
    ),
    ...outputs.map((tensor) => edge(tensor)),
  ];
}
