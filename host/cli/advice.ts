import type { Blob, Operator, Segment, Tensor } from "../blob/blob.ts";
import { counted } from "../numbers.ts";

/** Where operators of one kind are on the CPU, as seen from the NPU's segments. */
type Position = "start" | "middle" | "end";

/** Operators that one answer is for. */
interface Advice {
  position: Position;
  names: Set<string>;
  /** Segments on the CPU that have some of them. */
  segments: Set<number>;
  /** The tensor before the first of them. */
  stop: string;
}

/**
 * What would help with operators on the CPU: a sentence for each kind, in the order of the first of
 * each. Those in the middle cut the network into segments.
 */
export function adviceOf(blob: Blob): string[] {
  const onNpu = blob.segments.map(({ placement }) => placement === "NPU");
  const total = onNpu.filter(Boolean).length;
  if (total === 0) return [];
  const advice: Advice[] = [];
  blob.segments.forEach((segment, i) => {
    if (segment.placement === "NPU") return;
    const position = positionOf(i, onNpu);
    for (const [name, first] of firstOfEach(blob, segment)) {
      const stop = stopOf(blob, first);
      const isAlike = (one: Advice) =>
        one.position === position &&
        (one.names.has(name) || (position === "end" && one.stop === stop));
      const known = advice.find(isAlike);
      if (!known) advice.push({ position, names: new Set([name]), segments: new Set([i]), stop });
      known?.names.add(name);
      known?.segments.add(i);
    }
  });
  return advice.map((one) => sentenceOf(one, total));
}

function sentenceOf({ position, names, segments, stop }: Advice, total: number): string {
  const who = [...names].join(", ");
  if (position === "start") return `${who} at the start: no cut, it runs before the NPU`;
  const option = `--stop-at ${JSON.stringify(stop)}`;
  const them = names.size > 1 ? "them" : "it";
  if (position === "end") return `${who} at the end: ${option} leaves ${them} to the caller`;
  const parts = `${counted(segments.size, "cut")} of ${counted(total, "NPU segment")}`;
  return `${who} in the middle, ${parts}: ${option} ends the blob before ${them}`;
}

function positionOf(segment: number, onNpu: boolean[]): Position {
  if (!onNpu.slice(0, segment).includes(true)) return "start";
  return onNpu.slice(segment).includes(true) ? "middle" : "end";
}

/** By name: the first operator of each kind in a segment. */
function firstOfEach({ operators }: Blob, segment: Segment): Map<string, Operator> {
  const firsts = new Map<string, Operator>();
  for (const index of segment.operators) {
    const operator = operators[index] as Operator;
    if (!firsts.has(operator.name)) firsts.set(operator.name, operator);
  }
  return firsts;
}

/** The last tensor before an operator on the CPU that an operator on the NPU computes. */
function stopOf({ operators, tensors }: Blob, { inputs, outputs }: Operator): string {
  const seen = new Set<number>();
  const queue = [...inputs];
  for (const tensor of queue) {
    const producer = operators.find((one) => one.outputs.includes(tensor));
    if (!producer || seen.has(producer.index)) continue;
    seen.add(producer.index);
    if (producer.placement === "NPU") return (tensors[tensor] as Tensor).name;
    queue.push(...producer.inputs);
  }
  return (tensors[outputs[0] as number] as Tensor).name;
}
