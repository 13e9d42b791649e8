import { Core } from "../../targets/cores";
import { ConvolutionJob } from "../lower/jobs";
import { flatWidths } from "../plan/flat-image";
import { Tiling } from "./tiling";

/** The fastest tiling; where the image may have any shape, also of other shapes, of which the job takes the best. */
export function shapeAndTile(job: ConvolutionJob, core: Core): Tiling {
  let best = Tiling.of(job, core);
  if (!isShapeless(job)) return best;
  const pixels = job.outputX * job.outputY;
  const widths = flatWidths(pixels);
  let bestWidth = job.outputX;
  for (let i = 0; i < widths.length; i++) {
    setWidth(job, widths[i], pixels);
    const tiling = Tiling.of(job, core);
    if (tiling.nanoseconds >= best.nanoseconds) continue;
    best = tiling;
    bestWidth = widths[i];
  }
  setWidth(job, bestWidth, pixels);
  return best;
}

function setWidth(job: ConvolutionJob, width: i32, pixels: i32): void {
  job.inputX = job.outputX = width;
  job.inputY = job.outputY = pixels / width;
}

/** Whether each output pixel depends on the input's at the same position alone. */
function isShapeless(job: ConvolutionJob): bool {
  if (job.kernelX != 1 || job.kernelY != 1 || job.firstPixel) return false;
  return job.inputX == job.outputX && job.inputY == job.outputY;
}
