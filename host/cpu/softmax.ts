import { type ByteTensor, bytePair, type Kernel, unsupported } from "./kernel.ts";

/** TFLite fixes the output's scale, up to this share of it. */
const OUTPUT_SCALE = 1 / 256;
const SCALE_TOLERANCE = 0.001;

/**
 * SOFTMAX along the last dimension for 8-bit values. TFLite looks exponentials up in a table of
 * float32 and adds and divides in float32, with its reference kernels, too; every step below
 * rounds as it does there.
 */
export const softmax: Kernel = (operator, inputs, outputs) => {
  const { input, output } = bytePair(operator, inputs, outputs);
  const deviation = Math.abs(output.scale - OUTPUT_SCALE) / OUTPUT_SCALE;
  if (deviation > SCALE_TOLERANCE || output.zeroPoint !== output.least) {
    const found = `${output.scale} and ${output.zeroPoint}`;
    throw unsupported(operator, `output scale 1/256 and zero point ${output.least}`, found);
  }
  if (operator.options.kind !== "softmax") {
    throw unsupported(operator, "its options", operator.options.kind);
  }
  const exponentials = exponentialsOf(input, operator.options.beta);
  const depth = Math.max(1, input.shape.at(-1) ?? 1);
  return ([source], [destination]) => {
    if (!source || !destination) return;
    for (let row = 0; row < source.length; row += depth) {
      const end = row + depth;
      softmaxRow(source.subarray(row, end), destination.subarray(row, end), output, exponentials);
    }
  };
};

/** e^(−d · scale · beta) for each difference d = 0 … 255 to the greatest value of a row. */
function exponentialsOf({ scale }: ByteTensor, beta: number): Float32Array {
  const step = Math.fround(-scale * beta);
  return Float32Array.from({ length: 256 }, (_, d) => Math.exp(Math.fround(step * d)));
}

function softmaxRow(
  row: Uint8Array,
  destination: Uint8Array,
  { dtype, scale }: ByteTensor,
  exponentials: Float32Array,
): void {
  // Of either type, a byte's order after this flip is that of its value.
  const flip = dtype === "int8" ? 0x80 : 0;
  let greatest = 0;
  for (const byte of row) greatest = Math.max(greatest, byte ^ flip);
  let sum = 0;
  for (const byte of row) {
    sum = Math.fround(sum + (exponentials[greatest - (byte ^ flip)] as number));
  }
  const factor = Math.fround(1 / Math.fround(sum * scale));
  row.forEach((byte, i) => {
    const steps = Math.fround((exponentials[greatest - (byte ^ flip)] as number) * factor);
    destination[i] = Math.min(255, Math.floor(steps + 0.5)) ^ flip;
  });
}
