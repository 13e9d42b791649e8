import { Operation } from "../operation";
import { Option } from "../option";

/** Box encodings 1 × N × 4 or more, scores 1 × N × classes or one more, anchors N × 4. */
export function isDetection(operation: Operation): bool {
  const encodings = operation.inputs[0];
  const scores = operation.inputs[1];
  const boxes = encodings.fromLast(2) as u64;
  const columns = scores.fromLast(1);
  if (encodings.fromLast(1) < 4) {
    return operation.refuse("four values a box", `${encodings.fromLast(1)}`);
  }
  const values = boxes * (encodings.fromLast(1) as u64);
  if (!operation.wantsElements(encodings, values, "one image")) return false;
  if (!operation.wantsElements(operation.inputs[2], boxes * 4, "anchors")) return false;
  if (!operation.wantsElements(scores, boxes * (columns as u64), "scores")) return false;
  const classes = operation.integer(Option.CLASSES);
  if (classes < 1 || (columns != classes && columns != classes + 1)) {
    return operation.refuse(`scores for ${classes} classes`, `${columns}`);
  }
  return areLimitsSound(operation);
}

function areLimitsSound(operation: Operation): bool {
  const most = operation.integer(Option.MAX_DETECTIONS);
  const perBox = operation.integer(Option.MAX_CLASSES_PER_DETECTION);
  if (most < 1 || perBox < 1 || operation.integer(Option.DETECTIONS_PER_CLASS) < 1) {
    return operation.refuse("at least one detection", "none");
  }
  const overlap = operation.real(Option.IOU_THRESHOLD);
  if (!(overlap > 0 && overlap <= 1)) {
    return operation.refuse("an overlap from 0 to 1", overlap.toString());
  }
  const slots = (most as u64) * (perBox as u64);
  const outputs = operation.outputs;
  if (!operation.wantsElements(outputs[0], slots * 4, "boxes")) return false;
  if (!operation.wantsElements(outputs[1], slots, "classes")) return false;
  if (!operation.wantsElements(outputs[2], slots, "scores")) return false;
  return operation.wantsElements(outputs[3], 1, "a count");
}
