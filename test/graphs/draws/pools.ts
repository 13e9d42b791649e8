import { elementsOf } from "../../../host/dtype.ts";
import { drawQuantization, scaleOf } from "../quantizations.ts";
import {
  ACTIVATIONS,
  type Draw,
  dtypeOf,
  extentOut,
  isImage,
  namesAxis,
  quantizationOf,
  SAME,
  VALID,
} from "./parts.ts";

// Operators that make one element of many, or another number of pixels.

/** Models with a larger one are refused. */
const LARGEST_FILTER = 65_535;

export function pool(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const [, height = 1, width = 1, channels = 1] = input.shape;
    const isGlobal = Math.max(height, width) <= LARGEST_FILTER && random.oneIn(4);
    const padding = isGlobal ? VALID : random.pick([SAME, VALID]);
    const rows = isGlobal ? height : Math.min(height, random.integer(1, 5));
    const columns = isGlobal
      ? width
      : Math.min(width, random.oneIn(4) ? random.integer(1, 6) : rows);
    const stride = random.pick([1, 2, 2, 3]);
    const out = [
      extentOut(height, rows, stride, padding),
      extentOut(width, columns, stride, padding),
    ];
    const shape = [input.shape[0] as number, ...out, channels];
    if (!maker.affords(shape, elementsOf(shape) * rows * columns)) return false;
    const output = maker.activation(shape, input.dtype, quantizationOf(input));
    maker.operate(operator, [input], [output], {
      padding,
      stride_h: stride,
      stride_w: stride,
      filter_height: rows,
      filter_width: columns,
      fused_activation_function: random.pick([0, 0, 0, ...ACTIVATIONS]),
    });
    return true;
  };
}

/** Lists of axes that a reduction is given. */
const AXES_OF_IMAGES = [[1, 2], [1, 2], [2, 1], [3], [1], [2], [-1], [1, 2, 3], [0, 1, 2, 3]];

/** MEAN and the like; those that choose among elements keep the quantization. */
export function reduction(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const isReal = operator === "SUM" && random.oneIn(3);
    const input = isReal ? maker.pickReal() : maker.pick();
    if (!input || input.shape.length < 2 || elementsOf(input.shape) === 0) return false;
    const rank = input.shape.length;
    const axes = random.pick(rank === 4 ? AXES_OF_IMAGES : [[rank - 1], [1]]);
    const keeps = random.oneIn(2);
    const isReduced = namesAxis(axes, rank);
    const shape = keeps
      ? input.shape.map((extent, i) => (isReduced(i) ? 1 : extent))
      : input.shape.filter((_, i) => !isReduced(i));
    const isRounded = !isReal && (operator === "MEAN" || operator === "SUM");
    const isKept = !isRounded || random.oneIn(3);
    const quantization = isKept
      ? input.quantization
      : drawQuantization(random, dtypeOf(input), 30 * scaleOf(input.quantization));
    const output = maker.activation(shape, input.dtype, quantization);
    maker.operate(operator, [input, maker.list(axes)], [output], { keep_dims: keeps });
    return true;
  };
}

export const argMax: Draw = (maker) => {
  const input = maker.pick(({ shape }) => shape.length >= 2 && (shape.at(-1) as number) > 0);
  if (!input) return false;
  const axis = input.shape.length - 1;
  const output = maker.activation(input.shape.slice(0, -1), "int32");
  maker.operate("ARG_MAX", [input, maker.list([axis], [])], [output], { output_type: 2 });
  return true;
};

export function resize(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const [, height = 1, width = 1, channels = 1] = input.shape;
    const times = random.integer(1, 3);
    const size = random.oneIn(2)
      ? [height * times, width * times]
      : [random.integer(1, 2 * height), random.integer(1, 2 * width)];
    const shape = [input.shape[0] as number, ...size, channels];
    if (!maker.affords(shape)) return false;
    const [align, half] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ]) as [boolean, boolean];
    const output = maker.activation(shape, input.dtype, quantizationOf(input));
    const options = { align_corners: align, half_pixel_centers: half };
    maker.operate(operator, [input, maker.list(size)], [output], options);
    return true;
  };
}
