import type { Blob } from "../blob/blob.ts";
import type { TypedArray } from "../dtype.ts";

/**
 * What the values of one tensor are like, in steps above its zero point: the mean and variance of
 * each channel, and how much alike neighbouring pixels and different channels are.
 */
export class TensorStatistics {
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  /** Of products of a pixel and the one diagonally before it. */
  private readonly neighbours: Float64Array;
  private pixels = 0;
  private pairs = 0;
  /** Of pixels' sums over all channels. */
  private brightness = 0;
  private brightnessSquares = 0;

  constructor(
    readonly tensor: number,
    private readonly shape: readonly number[],
    private readonly zeroPoint: number,
  ) {
    const channels = shape.at(-1) ?? 1;
    this.sums = new Float64Array(channels);
    this.squares = new Float64Array(channels);
    this.neighbours = new Float64Array(channels);
  }

  add(values: TypedArray): void {
    const channels = this.sums.length;
    const columns = this.shape.at(-2) ?? 1;
    const back = (columns + 1) * channels;
    for (let start = 0, pixel = 0; start < values.length; start += channels, pixel++) {
      const hasNeighbour = pixel >= columns && pixel % columns > 0;
      let brightness = 0;
      for (let c = 0; c < channels; c++) {
        const value = Number(values[start + c]) - this.zeroPoint;
        brightness += value;
        this.sums[c] = (this.sums[c] as number) + value;
        this.squares[c] = (this.squares[c] as number) + value * value;
        if (!hasNeighbour) continue;
        const other = Number(values[start + c - back]) - this.zeroPoint;
        this.neighbours[c] = (this.neighbours[c] as number) + value * other;
      }
      this.brightness += brightness;
      this.brightnessSquares += brightness * brightness;
      this.pixels++;
      if (hasNeighbour) this.pairs++;
    }
  }

  means(): Float64Array {
    return this.sums.map((sum) => sum / this.pixels);
  }

  variances(): Float64Array {
    return this.squares.map((square, c) => {
      const mean = (this.sums[c] as number) / this.pixels;
      return Math.max(0, square / this.pixels - mean * mean);
    });
  }

  /** Of neighbouring pixels of a channel, over all channels by their variance. */
  spatialCorrelation(): number {
    if (this.pairs === 0) return 0;
    const means = this.means();
    const covariance = this.neighbours.reduce(
      (sum, product, c) => sum + product / this.pairs - (means[c] as number) ** 2,
      0,
    );
    return share(covariance, total(this.variances()));
  }

  /** Of different channels of a pixel. */
  commonCorrelation(): number {
    const mean = this.brightness / this.pixels;
    const variance = this.brightnessSquares / this.pixels - mean * mean;
    const variances = this.variances();
    const alone = total(variances);
    const together = total(variances.map(Math.sqrt)) ** 2;
    return share(variance - alone, together - alone);
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** For every tensor that a layer with weights reads, and that is fed or computed. */
export function statisticsFor(blob: Blob): TensorStatistics[] {
  const weighted = ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"];
  const read = blob.operators
    .filter(({ name }) => weighted.includes(name))
    .map(({ inputs }) => inputs[0] as number);
  const seen = new Set([...blob.inputs, ...blob.outputs]);
  return [...new Set(read)].flatMap((tensor) => {
    if (!seen.has(tensor)) return [];
    const { shape, quantization } = blob.tensors[tensor] as Blob["tensors"][number];
    const zeroPoint = quantization?.zeroPoints[0];
    if (zeroPoint === undefined) return [];
    return [new TensorStatistics(tensor, shape, Number(zeroPoint))];
  });
}
