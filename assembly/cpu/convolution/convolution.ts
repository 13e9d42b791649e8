import { Geometry } from "../../tflite/geometry";
import { Operation } from "../../tflite/operation";
import { convolutionGeometry } from "../../tflite/rules/convolutions";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { hasMemory, needScratch, scratch } from "../memory";
import { addStretch, clearSums, sums } from "./dot";
import { GROUP, PackedKernels } from "./packed-kernels";
import { PaddedImage } from "./padded-image";
import { prepareRealConvolution } from "./real";
import { RequantizationStyle, Requantizer } from "./requantizer";

/** CONV_2D. Inputs: image NHWC, weights OHWI, bias if any; in groups where I is fewer than C. */
export function prepareConvolution(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const weights = operation.inputs[1];
  const geometry = convolutionGeometry(operation);
  if (geometry == null) return null;
  if (input.isReal) return prepareRealConvolution(operation, geometry);
  const image = new PaddedImage(geometry);
  needScratch(image.bytes);
  const depth = weights.shape[3];
  const groups = depth == 0 ? 1 : geometry.channels / depth;
  const requantizer = Requantizer.of(operation, 0, styleOf(input, groups));
  if (requantizer == null) return null;
  const sideBySide = geometry.columns.dilation == 1 && groups == 1;
  const stretches = sideBySide ? weights.shape[1] : weights.shape[1] * weights.shape[2];
  const elements = sideBySide ? weights.shape[2] * depth : depth;
  const count = weights.shape[0] / groups;
  const kernels: PackedKernels[] = [];
  if (!hasMemory((groups as u64) * PACKED_BYTES)) return null;
  for (let i = 0; i < groups; i++) {
    const packed = new PackedKernels(weights, i * count, count, stretches, elements);
    if (packed.pointer == 0) return null;
    kernels.push(packed);
  }
  return new Convolution(geometry, image, kernels, sideBySide, requantizer);
}

/** TFLite has another kernel for int8 convolutions in groups. */
function styleOf(input: Tensor, groups: i32): RequantizationStyle {
  if (!input.isSigned) return RequantizationStyle.FLOAT_SATURATED;
  return groups == 1 ? RequantizationStyle.DOUBLE_ONCE : RequantizationStyle.DOUBLE_TWICE;
}

/** What the record of packed kernels and the list of them take. */
const PACKED_BYTES: u64 = 128;

/** The sums of a group before they are stored. */
const group = memory.data(16, 16);

class Convolution extends Kernel {
  /** Where the image lies that each stretch of a kernel is multiplied with, from its window. */
  private offsets: StaticArray<u32>;

  constructor(
    private geometry: Geometry,
    private image: PaddedImage,
    /** By group of the image's channels. */
    private groups: PackedKernels[],
    sideBySide: bool,
    private requantizer: Requantizer,
  ) {
    super();
    const columns = sideBySide ? 1 : geometry.columns.kernel;
    const stretches = groups[0].stretches;
    this.offsets = new StaticArray<u32>(stretches);
    for (let i = 0; i < stretches; i++) {
      const down = (i / columns) * geometry.rows.dilation * image.rowBytes;
      const right = (i % columns) * geometry.columns.dilation * image.pixelBytes;
      this.offsets[i] = down + right;
    }
  }

  run(): void {
    const geometry = this.geometry;
    const rowBytes = (geometry.columns.output as usize) * geometry.outputChannels;
    for (let i = 0; i < this.groups.length; i++) this.groups[i].refresh();
    let to = geometry.output.pointer;
    for (let batch = 0; batch < geometry.batches; batch++) {
      this.image.fill(scratch(), batch);
      for (let y = 0; y < geometry.rows.output; y++, to += rowBytes) {
        for (let i = 0; i < this.groups.length; i++) if (!this.row(y, i, to)) return;
      }
    }
  }

  /**
   * One row of the output for one group of channels, a few kernels at a time: the rows of the image
   * they read stay in the cache. False where the time is over.
   */
  private row(y: i32, index: i32, to: usize): bool {
    const columns = this.geometry.columns;
    const kernels = this.groups[index];
    const step = (columns.stride as usize) * this.image.pixelBytes;
    const top = scratch() + (y as usize) * this.geometry.rows.stride * this.image.rowBytes;
    const start = top + (((index * kernels.elements) as usize) << 1);
    const channels = this.geometry.outputChannels;
    const before = index * kernels.count;
    const pixelSteps: u64 = 4 + (kernels.pitch as u64);
    for (let first = 0; first < kernels.count; first += GROUP) {
      const weights = kernels.group(first / GROUP);
      const count = min(GROUP, kernels.count - first);
      let window = start;
      let pixel = to + before + first;
      for (let x = 0; x < columns.output; x++, window += step, pixel += channels) {
        this.sumGroup(window, kernels, weights);
        this.requantizer.store(before + first, group, count, pixel);
        if (isLate(pixelSteps)) return false;
      }
    }
    return true;
  }

  private sumGroup(window: usize, kernels: PackedKernels, weights: usize): void {
    const offsets = this.offsets;
    clearSums();
    for (let i = 0; i < offsets.length; i++) {
      addStretch(window + offsets[i], weights, kernels.pitch, kernels.elements);
      weights += kernels.stretchBytes;
    }
    v128.store(group, sums());
  }
}
