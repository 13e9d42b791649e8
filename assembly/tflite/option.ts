/**
 * The options of all operators that have a CPU kernel, as the host hands them on; each kernel
 * asks for those that its operator has. Named as in the `.nolf` schema.
 */
export enum Option {
  PADDING = 0,
  ACTIVATION = 1,
  STRIDE_HEIGHT = 2,
  STRIDE_WIDTH = 3,
  DILATION_HEIGHT = 4,
  DILATION_WIDTH = 5,
  FILTER_HEIGHT = 6,
  FILTER_WIDTH = 7,
  AXIS = 8,
  BETA = 9,
  ALPHA = 10,
  ALIGN_CORNERS = 11,
  HALF_PIXEL_CENTERS = 12,
  BEGIN_MASK = 13,
  END_MASK = 14,
  ELLIPSIS_MASK = 15,
  NEW_AXIS_MASK = 16,
  SHRINK_AXIS_MASK = 17,
  MAX_DETECTIONS = 18,
  MAX_CLASSES_PER_DETECTION = 19,
  DETECTIONS_PER_CLASS = 20,
  REGULAR_NMS = 21,
  SCORE_THRESHOLD = 22,
  IOU_THRESHOLD = 23,
  CLASSES = 24,
  Y_SCALE = 25,
  X_SCALE = 26,
  H_SCALE = 27,
  W_SCALE = 28,
  BATCH_DIMS = 29,
  SYMMETRIC = 30,
  APPROXIMATE = 31,
}

export const OPTION_COUNT: i32 = 32;
