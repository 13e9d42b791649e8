import type { Blob, Segment } from "./blob/blob.ts";
import type { Device } from "./devices/device.ts";
import type { Values } from "./step.ts";

/**
 * The bytes of those inputs and outputs of the model that need no copy, as they lie in the device's
 * arena already as the host has them: bytes without a shift that one segment alone touches, the first on
 * the NPU for an input and the last for an output, so that no other one writes to their place. An
 * input that is read when a run has ended must outlast its place in the arena.
 */
export function sharedValues(blob: Blob, device: Device | undefined): Values {
  const shared = new Map() as Values;
  if (!device?.isShared) return shared;
  const onNpu = blob.segments.filter(({ placement }) => placement === "NPU");
  const arena = device.arena();
  const leaves = new Set([...blob.outputs, ...blob.states.map(({ output }) => output)]);
  const share = (tensors: number[], hasSignedBytes = false, bindings: Segment["inputs"] = []) => {
    const kept = hasSignedBytes ? "int8" : "uint8";
    for (const { tensor, offset, bytes, values } of bindings) {
      if (values !== tensor) continue;
      if (!tensors.includes(tensor) || blob.tensors[tensor]?.dtype !== kept) continue;
      if (blob.inputs.includes(tensor) && leaves.has(tensor)) continue;
      const users = blob.segments.filter((segment) => tensorsOf(blob, segment).has(tensor));
      if (users.length === 1) shared.set(tensor, arena.subarray(offset, offset + bytes));
    }
  };
  const [first, last] = [onNpu[0], onNpu.at(-1)];
  share(blob.inputs, first?.hasSignedBytes, first?.inputs);
  share(blob.outputs, last?.hasSignedBytes, last?.outputs);
  return shared;
}

/** All tensors that a segment takes from the host or gives to it. */
function tensorsOf({ operators }: Blob, segment: Segment): Set<number> {
  if (segment.placement === "NPU") {
    return new Set([...segment.inputs, ...segment.outputs].map(({ values }) => values));
  }
  const own = segment.operators.flatMap((index) => {
    const { inputs = [], outputs = [] } = operators[index] ?? {};
    return [...inputs, ...outputs];
  });
  return new Set([...own, ...segment.modelInputs, ...segment.modelOutputs]);
}
