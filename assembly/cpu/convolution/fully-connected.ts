import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { needScratch, scratch } from "../memory";
import { addStretch, clearSums, sums } from "./dot";
import { GROUP, PackedKernels } from "./packed-kernels";
import { RealParts } from "./real";
import { RequantizationStyle, Requantizer } from "./requantizer";
import { widen } from "./widen";

/** FULLY_CONNECTED. Inputs: any shape of rows of N, weights OC × N, bias if any. */
export function prepareFullyConnected(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const weights = operation.inputs[1];
  const output = operation.outputs[0];
  const units = weights.shape[0];
  const depth = weights.shape[1];
  if (input.isReal) {
    return new RealFullyConnected(input, weights, output, new RealParts(operation));
  }
  const requantizer = Requantizer.of(operation, 0, styleOf(input, weights));
  if (requantizer == null) return null;
  const kernels = new PackedKernels(weights, 0, units, 1, depth);
  needScratch((depth as u64) << 1);
  return kernels.pointer == 0 ? null : new FullyConnected(input, output, kernels, requantizer);
}

function styleOf(input: Tensor, weights: Tensor): RequantizationStyle {
  if (!input.isSigned) return RequantizationStyle.FLOAT_SATURATED;
  return weights.scales.length == 1
    ? RequantizationStyle.FLOAT_ONCE
    : RequantizationStyle.DOUBLE_ONCE;
}

const group = memory.data(16, 16);

class FullyConnected extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private kernels: PackedKernels,
    private requantizer: Requantizer,
  ) {
    super();
  }

  run(): void {
    const kernels = this.kernels;
    const depth = kernels.elements;
    const rows = this.input.elements / (depth as u64);
    kernels.refresh();
    for (let row: usize = 0; row < (rows as usize); row++) {
      widen(this.input.pointer + row * depth, scratch(), depth, this.input);
      const to = this.output.pointer + row * kernels.count;
      for (let first = 0; first < kernels.count; first += GROUP) {
        clearSums();
        addStretch(scratch(), kernels.group(first / GROUP), kernels.pitch, depth);
        v128.store(group, sums());
        const count = min(GROUP, kernels.count - first);
        this.requantizer.store(first, group, count, to + first);
        if (isLate(kernels.pitch as u64)) return;
      }
    }
  }
}

class RealFullyConnected extends Kernel {
  constructor(
    private input: Tensor,
    private weights: Tensor,
    private output: Tensor,
    private parts: RealParts,
  ) {
    super();
  }

  run(): void {
    const units = this.weights.shape[0];
    const rowBytes = (this.weights.shape[1] as usize) << 2;
    const end = this.input.pointer + (this.input.bytes as usize);
    let to = this.output.pointer;
    for (let row = this.input.pointer; row < end; row += rowBytes) {
      let weights = this.parts.weights;
      for (let unit = 0; unit < units; unit++, weights += rowBytes, to += 4) {
        let sum: f32 = 0;
        for (let i: usize = 0; i < rowBytes; i += 4) {
          sum += load<f32>(row + i) * load<f32>(weights + i);
        }
        store<f32>(to, this.parts.clamp(sum + this.parts.bias(unit)));
        if (isLate(rowBytes as u64)) return;
      }
    }
  }
}
