import { MOST_HOST_BYTES } from "../assembly/targets/limits.ts";
import type { Binding, Blob, Segment, Tensor } from "./blob/blob.ts";
import { type Conversion, conversionOf, dequantizeInto, quantizeInto } from "./conversion.ts";
import type { CpuEngine } from "./cpu/engine.ts";
import type { Device } from "./devices/device.ts";
import { DTYPES, elementsOf } from "./dtype.ts";
import { NolfetError } from "./errors.ts";
import { liteRtStep } from "./litert/step.ts";
import type { Step, Values } from "./step.ts";

/**
 * Bytes for every tensor that is fed, computed or read on the host's side; those that the CPU's
 * kernels touch lie in their engine's memory, and those that a device shares in its arena.
 */
export function allocateValues(
  { tensors, segments, operators, inputs, outputs, states }: Blob,
  engine?: CpuEngine,
  shared?: Values,
): Values {
  const kept = states.flatMap(({ input, output }) => [input, output]);
  const used = new Set([...inputs, ...outputs, ...kept]);
  for (const segment of segments) {
    for (const { values } of [...segment.inputs, ...segment.outputs]) used.add(values);
    if (segment.placement === "NPU") continue;
    for (const index of segment.operators) {
      const operator = operators[index];
      for (const tensor of operator?.inputs ?? []) if (tensor >= 0) used.add(tensor);
      for (const tensor of operator?.outputs ?? []) used.add(tensor);
    }
  }
  const values = new Map() as Values;
  let total = 0;
  for (const index of used) {
    const { shape, dtype, data } = tensors[index] as Tensor;
    const bytes = elementsOf(shape) * DTYPES[dtype].bytes;
    total += bytes;
    if (total > MOST_HOST_BYTES) {
      throw new NolfetError("OUT_OF_MEMORY", "tensors of at most 768 MiB together", "more");
    }
    const own = () => (data.length > 0 ? data : new Uint8Array(bytes));
    values.set(index, engine?.values.get(index) ?? shared?.get(index) ?? own());
  }
  return values;
}

/** What runs segments: none of the two where no segment needs it. */
export interface Runners {
  device?: Device | undefined;
  engine?: CpuEngine | undefined;
  /** Milliseconds that the CPU's kernels may take for one segment. */
  timeout?: number | undefined;
  /** Where LiteRT's package is, if the caller says so. */
  litert?: string | undefined;
}

/** Prepares a segment for what runs it: the device, the CPU's kernels, or LiteRT. */
export async function prepareStep(
  blob: Blob,
  segment: Segment,
  values: Values,
  { device, engine, timeout, litert }: Runners,
): Promise<Step> {
  if (segment.placement === "NPU" && device) return npuStep(blob, segment, values, device);
  if (segment.model.length > 0) return liteRtStep(blob, segment, values, litert);
  // A segment without operators needs no engine, and does nothing.
  return { run: engine?.runOf(segment.operators, timeout) ?? (() => {}) };
}

function npuStep(
  { tensors }: Blob,
  { inputs, outputs, stream, hasSignedBytes }: Segment,
  values: Values,
  device: Device,
): Step {
  const transferOf = ({ tensor, offset, bytes, values: index }: Binding): Transfer => {
    const stored = tensors[tensor] as Tensor;
    const flips = stored.dtype === "int8" && !hasSignedBytes;
    const conversion = index === tensor ? undefined : conversionOf(stored, flips);
    return { host: values.get(index) as Uint8Array, offset, bytes, flips, conversion };
  };
  const [entries, exits] = [inputs.map(transferOf), outputs.map(transferOf)];
  return {
    async run() {
      const before = device.arena();
      for (const entry of entries) enter(entry, before);
      await device.submit(stream);
      const after = device.arena();
      for (const exit of exits) leave(exit, after);
    },
  };
}

/** What crosses a segment's border, and where it lies in the arena. */
interface Transfer {
  host: Uint8Array;
  offset: number;
  bytes: number;
  /** A signed value is stored as itself plus 128. */
  flips: boolean;
  conversion: Conversion | undefined;
}

function enter({ host, offset, bytes, flips, conversion }: Transfer, arena: Uint8Array): void {
  const slice = arena.subarray(offset, offset + bytes);
  if (conversion) quantizeInto(slice, realsOf(host), conversion);
  else copy(host, slice, flips);
}

function leave({ host, offset, bytes, flips, conversion }: Transfer, arena: Uint8Array): void {
  const slice = arena.subarray(offset, offset + bytes);
  if (conversion) dequantizeInto(realsOf(host), slice, conversion);
  else copy(slice, host, flips);
}

/** Tensors on the host's side begin at multiples of their elements. */
function realsOf({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}

/** Copies bytes, unless they are where they should be. */
export function copyUnlessSame(source: Uint8Array, destination: Uint8Array): void {
  const { buffer, byteOffset } = destination;
  if (source.buffer !== buffer || source.byteOffset !== byteOffset) destination.set(source);
}

/** Where the NPU is given unsigned bytes, a signed value is stored as itself plus 128. */
function copy(source: Uint8Array, destination: Uint8Array, flip: boolean): void {
  if (!flip) copyUnlessSame(source, destination);
  else for (let i = 0; i < source.length; i++) destination[i] = (source[i] as number) ^ 0x80;
}
