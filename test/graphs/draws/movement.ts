import { alike, type Draw, drawRanges, isArray, quantizationOf } from "./parts.ts";

// Operators that put elements elsewhere, and look at none.

export const pad: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length === 4);
  if (!input) return false;
  const most = random.pick([1, 1, 3]);
  const paddings = input.shape.flatMap((_, i) => {
    const isTouched = i === 1 || i === 2 || (i === 3 && random.oneIn(4));
    return [0, 0].map(() => (isTouched ? random.integer(0, most) : 0));
  });
  const shape = input.shape.map(
    (extent, i) => extent + Number(paddings[2 * i]) + Number(paddings[2 * i + 1]),
  );
  if (!maker.affords(shape)) return false;
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("PAD", [input, maker.list(paddings, [4, 2])], [output]);
  return true;
};

/** The same with a value that stands for any number. */
export const padWithValue: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(isArray);
  if (!input) return false;
  const pairs = input.shape.map(() => [random.integer(0, 2), random.integer(0, 2)] as const);
  const shape = input.shape.map(
    (extent, i) => extent + (pairs[i]?.[0] ?? 0) + (pairs[i]?.[1] ?? 0),
  );
  if (!maker.affords(shape)) return false;
  const value = maker.constant({
    shape: [1],
    dtype: input.dtype,
    quantization: quantizationOf(input),
    data: random.bytes(1),
  });
  const list = maker.list(pairs.flat(), [input.shape.length, 2]);
  maker.operate("PADV2", [input, list, value], [alike(maker, input, shape)]);
  return true;
};

/** As far as the image reaches: its edge is repeated in mode 1 alone. */
export const mirrorPad: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick((tensor) => isArray(tensor) && !tensor.shape.includes(0));
  if (!input) return false;
  const mode = random.integer(0, 1);
  const pairs = input.shape.map((extent) =>
    [0, 0].map(() => random.integer(0, Math.min(3, extent - 1 + mode))),
  );
  const shape = input.shape.map(
    (extent, i) => extent + (pairs[i]?.[0] ?? 0) + (pairs[i]?.[1] ?? 0),
  );
  if (!maker.affords(shape)) return false;
  const list = maker.list(pairs.flat(), [input.shape.length, 2]);
  maker.operate("MIRROR_PAD", [input, list], [alike(maker, input, shape)], { mode });
  return true;
};

export const stridedSlice: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const ranges = drawRanges(random, input.shape);
  const begins = ranges.map(([from]) => from);
  const ends = ranges.map(([, to]) => to);
  const steps = input.shape.map((_, i) => (i === 0 ? 1 : random.pick([1, 1, 1, 2, 3])));
  const shape = begins.map((begin, i) =>
    Math.ceil(((ends[i] as number) - begin) / (steps[i] as number)),
  );
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  const lists = [begins, ends, steps].map((values) => maker.list(values));
  maker.operate("STRIDED_SLICE", [input, ...lists], [output], { begin_mask: 0, end_mask: 0 });
  return true;
};

export const transpose: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length === 4 || shape.length === 3);
  if (!input) return false;
  const orders =
    input.shape.length === 4
      ? [
          [0, 3, 1, 2],
          [0, 2, 3, 1],
          [0, 2, 1, 3],
          [0, 1, 3, 2],
          [3, 2, 1, 0],
        ]
      : [
          [0, 2, 1],
          [1, 0, 2],
          [2, 1, 0],
        ];
  const order = random.pick(orders);
  const shape = order.map((i) => input.shape[i] as number);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("TRANSPOSE", [input, maker.list(order)], [output]);
  return true;
};

/** A size of -1 is the rest. */
export const slice: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(isArray);
  if (!input) return false;
  const ranges = drawRanges(random, input.shape);
  const sizes = ranges.map(([from, to]) => to - from);
  const told = ranges.map(([from, to], i) =>
    to === input.shape[i] && random.oneIn(2) ? -1 : to - from,
  );
  const lists = [maker.list(ranges.map(([from]) => from)), maker.list(told)];
  maker.operate("SLICE", [input, ...lists], [alike(maker, input, sizes)]);
  return true;
};

export const tile: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(isArray);
  if (!input) return false;
  const times = input.shape.map(() => random.pick([1, 1, 2, 3]));
  const shape = input.shape.map((extent, i) => extent * (times[i] as number));
  if (!maker.affords(shape)) return false;
  maker.operate("TILE", [input, maker.list(times)], [alike(maker, input, shape)]);
  return true;
};

/** Some elements of an axis, in any order and any number of times. */
export const gather: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick((tensor) => isArray(tensor) && !tensor.shape.includes(0));
  if (!input) return false;
  const axis = random.integer(0, input.shape.length - 1);
  const extent = input.shape[axis] as number;
  const indices = Array.from({ length: random.integer(1, 5) }, () => random.integer(0, extent - 1));
  const shape = input.shape.map((one, i) => (i === axis ? indices.length : one));
  if (!maker.affords(shape)) return false;
  const options = { axis, batch_dims: 0 };
  maker.operate("GATHER", [input, maker.list(indices)], [alike(maker, input, shape)], options);
  return true;
};

/** Blocks of pixels as channels of one, and back. */
export function blocks(toDepth: boolean): Draw {
  return (maker) => {
    const block = maker.random.integer(1, 3);
    const input = maker.pick(({ shape: [, height = 0, width = 0, channels = 0, ...more] }) => {
      if (more.length > 0 || channels === 0) return false;
      return toDepth ? height % block === 0 && width % block === 0 : channels % block ** 2 === 0;
    });
    if (!input) return false;
    const [batches = 1, height = 1, width = 1, channels = 1] = input.shape;
    const shape = toDepth
      ? [batches, height / block, width / block, channels * block ** 2]
      : [batches, height * block, width * block, channels / block ** 2];
    const name = toDepth ? "SPACE_TO_DEPTH" : "DEPTH_TO_SPACE";
    maker.operate(name, [input], [alike(maker, input, shape)], { block_size: block });
    return true;
  };
}

/** Every n-th pixel as an image of a batch, and back: those of a border are padding. */
export function batches(deals: boolean): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(({ shape }) => shape.length === 4 && !shape.includes(0));
    if (!input) return false;
    const [count = 1, height = 1, width = 1, channels = 1] = input.shape;
    const steps = [random.integer(1, 3), random.integer(1, 3)] as [number, number];
    const all = steps[0] * steps[1];
    if (!deals && count % all !== 0) return false;
    const before = random.integer(0, 1);
    const fill = (extent: number, step: number) => (step - ((extent + before) % step)) % step;
    const edges = deals
      ? [before, fill(height, steps[0]), before, fill(width, steps[1])]
      : [0, 0, 0, random.integer(0, width * steps[1] - 1)];
    const [top = 0, bottom = 0, left = 0, right = 0] = edges;
    const shape = deals
      ? [
          count * all,
          (top + height + bottom) / steps[0],
          (left + width + right) / steps[1],
          channels,
        ]
      : [count / all, height * steps[0], width * steps[1] - right, channels];
    if (!maker.affords(shape)) return false;
    const lists = [maker.list(steps), maker.list(edges, [2, 2])];
    const name = deals ? "SPACE_TO_BATCH_ND" : "BATCH_TO_SPACE_ND";
    maker.operate(name, [input, ...lists], [alike(maker, input, shape)]);
    return true;
  };
}
