import { Kernel } from "../kernel";
import { needScratch, scratch } from "../memory";
import { Operation } from "../operation";
import { Tensor } from "../tensor";
import { addStretch, clearSums, sums } from "./dot";
import { Geometry } from "./geometry";
import { GROUP, PackedKernels } from "./packed-kernels";
import { PaddedImage } from "./padded-image";
import { prepareRealConvolution } from "./real";
import { Requantizer, Style } from "./requantizer";

/** CONV_2D. Inputs: image NHWC, weights OHWI, bias if any. */
export function prepareConvolution(operation: Operation): Kernel | null {
  if (!operation.wants(2, 1)) return null;
  const input = operation.inputs[0];
  const weights = operation.inputs[1];
  if (!operation.wantsRank(weights, 4, "weights")) return null;
  const geometry = Geometry.of(
    operation,
    weights.shape[1],
    weights.shape[2],
    true,
    weights.shape[0],
  );
  if (geometry == null) return null;
  if (weights.shape[3] != geometry.channels) {
    operation.refuse(`weights for ${geometry.channels} channels`, `${weights.shape[3]}`);
    return null;
  }
  if (!operation.wantsWork(geometry.pixels * weights.elements)) return null;
  if (input.isReal) return prepareRealConvolution(operation, geometry);
  if (!acceptsBytes(operation, input, weights)) return null;
  const style = isSigned(input) ? Style.DOUBLE_ONCE : Style.FLOAT_TWICE;
  const requantizer = Requantizer.of(operation, 0, style);
  if (requantizer == null) return null;
  const image = new PaddedImage(geometry);
  needScratch(image.bytes);
  const sideBySide = geometry.columns.dilation == 1;
  const taps = weights.shape[1] * weights.shape[2];
  const stretches = sideBySide ? weights.shape[1] : taps;
  const elements = sideBySide ? weights.shape[2] * weights.shape[3] : weights.shape[3];
  const kernels = new PackedKernels(weights, weights.shape[0], stretches, elements);
  return kernels.pointer == 0 ? null : new Convolution(geometry, image, kernels, requantizer);
}

/** Whether image, weights and output are of one 8-bit type, the weights known by now. */
export function acceptsBytes(operation: Operation, input: Tensor, weights: Tensor): bool {
  const output = operation.outputs[0];
  if (!operation.wantsBytes(input, "input") || !operation.wantsBytes(output, "output")) {
    return false;
  }
  if (!operation.wantsDtype(output, input.dtype, "an output")) return false;
  if (!operation.wantsDtype(weights, input.dtype, "weights")) return false;
  if (weights.scales.length == 0) return operation.refuse("quantized weights", "none");
  return weights.isConstant || operation.refuse("constant weights", "computed ones");
}

export function isSigned(tensor: Tensor): bool {
  return tensor.least < 0;
}

/** The sums of a group before they are stored. */
const group = memory.data(16, 16);

class Convolution extends Kernel {
  /** Where the image lies that each stretch of a kernel is multiplied with, from its window. */
  private offsets: StaticArray<u32>;

  constructor(
    private geometry: Geometry,
    private image: PaddedImage,
    private kernels: PackedKernels,
    private requantizer: Requantizer,
  ) {
    super();
    const columns = geometry.columns.dilation == 1 ? 1 : geometry.columns.kernel;
    this.offsets = new StaticArray<u32>(kernels.stretches);
    for (let i = 0; i < kernels.stretches; i++) {
      const down = (i / columns) * geometry.rows.dilation * image.rowBytes;
      const right = (i % columns) * geometry.columns.dilation * image.pixelBytes;
      this.offsets[i] = down + right;
    }
  }

  run(): void {
    const geometry = this.geometry;
    const rowBytes = (geometry.columns.output as usize) * geometry.outputChannels;
    let to = geometry.output.pointer;
    for (let batch = 0; batch < geometry.batches; batch++) {
      this.image.fill(scratch(), batch);
      for (let y = 0; y < geometry.rows.output; y++, to += rowBytes) this.row(y, to);
    }
  }

  /** One row of the output, group by group: the rows of the image it reads stay in the cache. */
  private row(y: i32, to: usize): void {
    const columns = this.geometry.columns;
    const step = (columns.stride as usize) * this.image.pixelBytes;
    const start = scratch() + (y as usize) * this.geometry.rows.stride * this.image.rowBytes;
    const channels = this.kernels.count;
    for (let first = 0; first < channels; first += GROUP) {
      const weights = this.kernels.group(first / GROUP);
      const count = min(GROUP, channels - first);
      let window = start;
      let pixel = to + first;
      for (let x = 0; x < columns.output; x++, window += step, pixel += channels) {
        this.sumGroup(window, weights);
        this.requantizer.store(first, group, count, pixel);
      }
    }
  }

  private sumGroup(window: usize, weights: usize): void {
    const kernels = this.kernels;
    const offsets = this.offsets;
    clearSums();
    for (let i = 0; i < offsets.length; i++) {
      addStretch(window + offsets[i], weights, kernels.pitch, kernels.elements);
      weights += kernels.stretchBytes;
    }
    v128.store(group, sums());
  }
}
