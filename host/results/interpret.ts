import { checkOptions, type Rules } from "../arguments.ts";
import type { TypedArray } from "../dtype.ts";
import { NolfetError } from "../errors.ts";
import type { TensorInfo } from "../feeds.ts";
import { type Extent, WHOLE } from "../images/extent.ts";
import { dequantize } from "../scores.ts";
import { DECODERS, type Decoder } from "./decoders.ts";
import { inPicture } from "./extent.ts";
import type { InputSize, Result } from "./result.ts";

export interface InterpretOptions {
  /** The name of a decoder. By default the first that the outputs' shapes fit. */
  decoder?: string;
  /**
   * Where the picture's edges lie in the input, as `readPicture` gives it: what is found is told in
   * parts of the picture. By default the picture is the whole input.
   */
  extent?: Extent;
}

const RULES: Rules<InterpretOptions> = {
  decoder: { is: (value) => typeof value === "string", expected: "the name of a decoder" },
  extent: {
    is: (value) => typeof value === "object" && value !== null,
    expected: "the extent that readPicture gives",
  },
};

/**
 * Says what a network's outputs mean for the picture that it was fed: detections, points, a mask or a
 * picture. Outputs are recognised by their shapes. Returns undefined for those that nothing is known of,
 * such as the scores of a classifier. Throws BAD_OPTION for a decoder that does not exist or does not
 * fit, and BAD_INPUT where an output is missing.
 */
export function interpret(
  outputs: Record<string, TypedArray>,
  infos: readonly TensorInfo[],
  inputs: readonly TensorInfo[],
  options: InterpretOptions = {},
): Result | undefined {
  checkOptions(options, RULES);
  const { decoder: name, extent = WHOLE } = options;
  const input = imageSize(inputs);
  const shapes = infos.map(({ shape }) => shape);
  const fits = (decoder: Decoder) => input !== undefined && decoder.fits(shapes, input);
  const decoder = name === undefined ? DECODERS.find(fits) : named(name, shapes, fits);
  if (!decoder || !input) return undefined;
  const real = infos.map((info) => {
    const values = outputs[info.name];
    if (!values) throw new NolfetError("BAD_INPUT", `the output ${info.name}`, "none");
    return { shape: info.shape, values: dequantize(values, info) };
  });
  return inPicture(decoder.decode(real, input), extent);
}

function named(name: string, shapes: number[][], fits: (decoder: Decoder) => boolean): Decoder {
  const decoder = DECODERS.find((decoder) => decoder.name === name);
  if (!decoder) {
    const names = DECODERS.map((decoder) => decoder.name).join(", ");
    throw new NolfetError("BAD_OPTION", `one of ${names}`, `the decoder ${name}`);
  }
  if (fits(decoder)) return decoder;
  const found = shapes.map((shape) => shape.join("×")).join(", ");
  throw new NolfetError("BAD_OPTION", `those of ${decoder.words}`, `outputs of ${found}`);
}

/** The picture's size at the only input, 1 × H × W × C. */
function imageSize([input, ...others]: readonly TensorInfo[]): InputSize | undefined {
  const [batch, height = 0, width = 0, channels = 0] = input?.shape ?? [];
  if (others.length > 0 || input?.shape.length !== 4 || batch !== 1) return undefined;
  return channels === 1 || channels === 3 ? { height, width, channels } : undefined;
}
