import { counted, percent } from "../numbers.ts";
import type { Explanation, LayerReport, SegmentView } from "./explanation.ts";

/** What would help a compiled network, in one sentence, and what it gains. */
export interface Advice {
  text: string;
  gain: Gain;
}

/** What counts most comes first. */
export interface Gain {
  /** Multiply-accumulates that move from the CPU to the NPU. */
  macs: number;
  /** NPU segments that the network needs less. */
  segments: number;
  /** Quantization error, in steps, of which a part goes. */
  error: number;
}

/** What advice is made of. */
export type Advised = Pick<Explanation, "operators" | "tensors" | "segments" | "macs" | "channels">;

const NOTHING: Gain = { macs: 0, segments: 0, error: 0 };

/**
 * All advice, the largest gain first; what gains the same stays in the order of the operators.
 * `isCalibrated` says that weights were rounded for samples already.
 */
export function adviceOf(network: Advised, isCalibrated = false): Advice[] {
  const advice = [
    ...quantizing(network),
    ...moving(network),
    ...(isCalibrated ? [] : calibrating(network)),
  ];
  const order = (a: Gain, b: Gain) =>
    b.macs - a.macs || b.segments - a.segments || b.error - a.error;
  return advice.sort((a, b) => order(a.gain, b.gain));
}

/** Of a network that computes in 8 bits and partly in float32. */
function quantizing({ operators, tensors, macs }: Advised): Advice[] {
  const isFloat = ({ outputs, placement }: LayerReport) =>
    placement === "CPU" && outputs.some((tensor) => tensors[tensor]?.dtype === "float32");
  const heavy = operators.filter((one) => one.macs > 0 && isFloat(one));
  if (heavy.length === 0) return [];
  const gained = heavy.reduce((sum, one) => sum + one.macs, 0);
  const share = `${percent(gained, macs.total)} of the multiply-accumulates`;
  const text = `${counted(heavy.length, "operator")} in float32 on the CPU, ${share}: convert the model with all in 8 bits`;
  return [{ text, gain: { ...NOTHING, macs: gained } }];
}

/** An expected error below this many steps is not worth samples. */
const LEAST_ERROR = 0.05;

function calibrating({ channels }: Advised): Advice[] {
  if (!channels || channels.error < LEAST_ERROR) return [];
  const { layers, error, worst } = channels;
  const text =
    `${counted(layers, "layer")} quantized per channel, expected error ${error.toFixed(3)} steps, ` +
    `the most in operator ${worst}: \`--calibrate FILES\` rounds the weights for typical samples`;
  return [{ text, gain: { ...NOTHING, error } }];
}

/** Where operators of one kind are on the CPU, as seen from the NPU's segments. */
type Position = "start" | "middle" | "end";

/** Operators on the CPU that one sentence is for. */
interface Group {
  position: Position;
  names: Set<string>;
  operators: number[];
  /** Segments that have some of them, and those that have nothing else. */
  segments: Set<number>;
  own: Set<number>;
  /** The tensor before the first of them. */
  stop: string;
}

/** Those in the middle cut the network into segments. */
function moving(network: Advised): Advice[] {
  const onNpu = network.segments.map(({ placement }) => placement === "NPU");
  const total = onNpu.filter(Boolean).length;
  if (total === 0) return [];
  const groups: Group[] = [];
  network.segments.forEach((segment, i) => {
    if (segment.placement === "CPU") addSegment(groups, network, i, positionOf(i, onNpu));
  });
  return groups.map((group) => ({
    text: sentenceOf(group, total),
    gain: { ...NOTHING, segments: group.position === "middle" ? group.own.size : 0 },
  }));
}

function addSegment(groups: Group[], network: Advised, index: number, position: Position): void {
  const byName = byNameOf(network, network.segments[index] as SegmentView);
  for (const [name, operators] of byName) {
    const stop = stopOf(network, operators[0] as LayerReport);
    const isAlike = (one: Group) =>
      one.position === position &&
      (one.names.has(name) || (position === "end" && one.stop === stop));
    let group = groups.find(isAlike);
    if (!group) {
      const empty = { names: new Set<string>(), operators: [], segments: new Set<number>() };
      group = { position, stop, ...empty, own: new Set() };
      groups.push(group);
    }
    group.names.add(name);
    group.operators.push(...operators.map((one) => one.index));
    group.segments.add(index);
    if (byName.size === 1) group.own.add(index);
  }
}

/** So many operators are listed by number. */
const MOST_LISTED = 4;

function sentenceOf({ position, names, operators, segments, own, stop }: Group, total: number) {
  const listed = [...operators]
    .sort((a, b) => a - b)
    .slice(0, MOST_LISTED)
    .join(", ");
  const more = operators.length > MOST_LISTED ? `, … (${operators.length})` : "";
  const who = `${[...names].join(", ")} at ${listed}${more}`;
  if (position === "start") return `${who}: before the first NPU segment, which costs no cut`;
  const option = `\`--stop-at ${JSON.stringify(stop)}\``;
  const them = operators.length > 1 ? "them" : "it";
  if (position === "end") return `${who}: after the last NPU segment; ${option} leaves ${them} out`;
  const others = own.size < segments.size ? ", some together with other operators" : "";
  const cuts = `${counted(total, "NPU segment")}, ${counted(segments.size, "cut")} because of`;
  return `${cuts} ${who}${others}: ${option} ends before ${them}`;
}

function positionOf(segment: number, onNpu: boolean[]): Position {
  if (!onNpu.slice(0, segment).includes(true)) return "start";
  return onNpu.slice(segment).includes(true) ? "middle" : "end";
}

/** Operators of a segment, by name. */
function byNameOf({ operators }: Advised, segment: SegmentView): Map<string, LayerReport[]> {
  const byName = new Map<string, LayerReport[]>();
  for (const index of segment.operators) {
    const operator = operators[index] as LayerReport;
    const alike = byName.get(operator.name);
    if (alike) alike.push(operator);
    else byName.set(operator.name, [operator]);
  }
  return byName;
}

/** The last tensor before an operator on the CPU that an operator on the NPU computes. */
function stopOf({ operators, tensors }: Advised, { inputs, outputs }: LayerReport): string {
  const producers = new Map(operators.flatMap((one) => one.outputs.map((at) => [at, one])));
  const seen = new Set<number>();
  const queue = [...inputs];
  for (const tensor of queue) {
    const producer = producers.get(tensor);
    if (!producer || seen.has(producer.index)) continue;
    seen.add(producer.index);
    if (producer.placement === "NPU") return tensors[tensor]?.name ?? "";
    queue.push(...producer.inputs);
  }
  return tensors[outputs[0] ?? -1]?.name ?? "";
}
