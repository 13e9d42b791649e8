import { Operator, Tensor } from "../../graph";
import { Mark } from "../../schema";
import { Context } from "../context";
import { Placement } from "../placement";
import { sameQuantization, whyNoImage, zeroByte } from "../tensors";
import { Convolution } from "./geometry";
import { spread } from "./spread";
import { placeStages } from "./stages";

/**
 * STRIDED_SLICE that keeps every second pixel from the first or second on: a convolution of
 * stride 2 whose kernel has one tap, of value 1.
 */
export function placeSlice(operator: Operator, context: Context): Placement {
  const tensors = context.graph.tensors;
  if (operator.inputs.length != 4) return Placement.onCpu("it has not the usual inputs");
  const input = tensors[operator.inputs[0]];
  const output = tensors[operator.outputs[0]];
  const reason = whyNotSliced(operator, input, output);
  if (reason != "") return Placement.onCpu(reason);
  const begin = tensors[operator.inputs[1]];
  const strides = tensors[operator.inputs[3]];
  if (!isEverySecond(begin, strides)) {
    return Placement.onCpu("it does not keep every second pixel of whole rows and columns");
  }
  const c = new Convolution();
  c.stride = 2;
  c.fixedSize = true;
  c.outputChannels = output.fromLast(1);
  const top = load<i32>(begin.data.pointer, 4);
  const left = load<i32>(begin.data.pointer, 8);
  c.rows.span(input.fromLast(3), output.fromLast(3), top + 1);
  c.columns.span(input.fromLast(2), output.fromLast(2), left + 1);
  const taps = new StaticArray<u8>(c.rows.kernel * c.columns.kernel);
  taps[taps.length - 1] = 1;
  spread(c, taps, context.core);
  c.inputZero = zeroByte(input);
  c.outputZero = zeroByte(output);
  return placeStages(input, output, [c], Mark.EXPECTED, context);
}

function whyNotSliced(operator: Operator, input: Tensor, output: Tensor): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const o = operator.options;
  if (o.ellipsisMask != 0 || o.newAxisMask != 0 || o.shrinkAxisMask != 0)
    return "it changes the dimensions";
  if (input.shape.length != 4 || output.shape.length != 4) return "it is not over an image";
  if (input.fromLast(1) != output.fromLast(1)) return "it cuts channels";
  if (!sameQuantization(input, output)) return "it changes the quantization";
  const rows = input.fromLast(3);
  const columns = input.fromLast(2);
  if ((rows & 1) != 0 || (columns & 1) != 0) return "it slices an odd number of rows or columns";
  const halves = output.fromLast(3) * 2 == rows && output.fromLast(2) * 2 == columns;
  return halves ? "" : "it does not keep every second pixel";
}

/** [0, 0 or 1, 0 or 1, 0] by [1, 2, 2, 1]. */
function isEverySecond(begin: Tensor, strides: Tensor): bool {
  if (begin.data.bytes != 16 || strides.data.bytes != 16) return false;
  for (let i = 0; i < 4; i++) {
    const isSide = i == 1 || i == 2;
    const from = load<i32>(begin.data.pointer + (i << 2));
    if (from < 0 || from > (isSide ? 1 : 0)) return false;
    if (load<i32>(strides.data.pointer + (i << 2)) != (isSide ? 2 : 1)) return false;
  }
  return true;
}
