import { bytesOf, elementsOf } from "../../host/dtype.ts";
import { type CompileOptions, TARGETS } from "../../host/index.ts";
import type { TensorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { pickDraw } from "./draws/table.ts";
import { Maker } from "./maker.ts";
import type { Network } from "./network.ts";

const MOST_OPERATORS = 12;
/** Draws that may fail before a network is left as it is. */
const MOST_TRIES = 40;

/** Where fields end: sides and channels of NN images, signed and unsigned fields of 16 bits. */
const BOUNDARIES = [8191, 16383, 32767, 32768, 65535];

/** The network with this index among those of a seed. */
export function drawNetwork(seed: number, index: number): Network {
  const random = new Random(seed, index + 1);
  const maker = new Maker(random, random.pick(["uint8", "int8"]));
  const shapes = random.pick([small, small, small, medium, many, long, long, flat, scalar, none]);
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  const first = shapes(random);
  for (let i = 0; i < count; i++) maker.input(i === 0 || random.oneIn(2) ? first : shapes(random));
  if (random.oneIn(8)) maker.input(shapes(random), true);
  const operators = random.integer(1, MOST_OPERATORS);
  for (let tries = 0; maker.operators.length < operators && tries < MOST_TRIES; tries++) {
    pickDraw(random)(maker);
  }
  // Every network has an operator.
  while (maker.operators.length === 0) pickDraw(random)(maker);
  const spec = maker.spec();
  const feeds = maker.inputs.map(
    ({ name, shape, dtype }) => [name, drawValues(random, dtype, elementsOf(shape))] as const,
  );
  return { spec, options: drawOptions(random), feeds: new Map(feeds), known: maker.values };
}

/** Any bytes, or real numbers, few of them large. */
function drawValues(random: Random, dtype: TensorSpec["dtype"], count: number): Uint8Array {
  if (dtype !== "float32") return random.bytes(count);
  const spread = random.pick([1, 10, 10, 1000, 1e12]);
  return bytesOf(
    Float32Array.from({ length: count }, () => (random.integer(-9999, 9999) / 9999) * spread),
  );
}

function small(random: Random): number[] {
  const extent = () => random.pick([1, 2, 3, random.integer(1, 12)]);
  return [1, extent(), extent(), random.pick([1, 3, 8, random.integer(1, 20)])];
}

function medium(random: Random): number[] {
  return [
    1,
    random.integer(4, 40),
    random.integer(4, 40),
    random.pick([1, 3, 16, random.integer(1, 40)]),
  ];
}

/** Deep, or several images. */
function many(random: Random): number[] {
  const extent = () => random.integer(1, 6);
  return random.pick([
    [1, extent(), extent(), random.integer(30, 300)],
    [random.integer(2, 4), extent(), extent(), random.integer(1, 9)],
  ]);
}

/** Thin, with a side or a row of bytes near the end of some field. */
function long(random: Random): number[] {
  const extent = random.pick(BOUNDARIES) + random.integer(-1, 2);
  const few = random.pick([1, 1, 2]);
  const channels = random.pick([2, 3, 4, 16, 64]);
  return random.pick([
    [1, extent, 1, few],
    [1, 1, extent, few],
    [1, 1, 1, extent],
    [1, few, 1, extent],
    [1, 2, Math.ceil(extent / channels), channels],
    [1, 2, channels, Math.ceil(extent / channels)],
    [1, extent],
  ]);
}

function flat(random: Random): number[] {
  const depth = random.pick([1, 2, 10, random.integer(1, 300)]);
  return random.pick([
    [1, depth],
    [depth],
    [1, random.integer(1, 9), depth],
    [random.integer(1, 4), depth],
  ]);
}

/** A single value, or next to nothing else. */
function scalar(random: Random): number[] {
  return random.pick([[], [], [1], [1, 1], [1, 1, 1, 1]]);
}

/** A batch of no images. */
function none(random: Random): number[] {
  return [0, ...small(random).slice(1)];
}

function drawOptions(random: Random): CompileOptions {
  const name = random.oneIn(2) ? random.pick(["a311d", "imx8mp"]) : random.pick(TARGETS).name;
  return {
    target: name,
    ...(random.oneIn(3) ? { allowUnproven: true } : {}),
    ...(random.oneIn(4) ? { jobBudget: random.integer(1, 60) } : {}),
  };
}
