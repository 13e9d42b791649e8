// Generated from nolf.fbs by scripts/schema.mjs, do not modify.

export namespace TargetSlot {
  export const NAME: i32 = 0;
  export const MODEL: i32 = 1;
  export const REVISION: i32 = 2;
  export const PRODUCT: i32 = 3;
  export const ECO: i32 = 4;
  export const CUSTOMER: i32 = 5;
  export const ARCHITECTURE: i32 = 6;
}

export namespace OptionsSlot {
  export const COMPAT_MESA: i32 = 0;
  export const STRICT: i32 = 1;
  export const ALLOW_UNPROVEN: i32 = 2;
  export const CPU_ONLY: i32 = 3;
}

export namespace QuantizationSlot {
  export const SCALES: i32 = 0;
  export const ZERO_POINTS: i32 = 1;
  export const AXIS: i32 = 2;
}

export namespace TensorSlot {
  export const NAME: i32 = 0;
  export const SHAPE: i32 = 1;
  export const DTYPE: i32 = 2;
  export const QUANTIZATION: i32 = 3;
  export const DATA: i32 = 4;
}

export namespace Pool2DOptionsSlot {
  export const PADDING: i32 = 0;
  export const STRIDE_HEIGHT: i32 = 1;
  export const STRIDE_WIDTH: i32 = 2;
  export const FILTER_HEIGHT: i32 = 3;
  export const FILTER_WIDTH: i32 = 4;
  export const ACTIVATION: i32 = 5;
}

export namespace SoftmaxOptionsSlot {
  export const BETA: i32 = 0;
}

export namespace ConvolutionOptionsSlot {
  export const PADDING: i32 = 0;
  export const STRIDE_HEIGHT: i32 = 1;
  export const STRIDE_WIDTH: i32 = 2;
  export const DILATION_HEIGHT: i32 = 3;
  export const DILATION_WIDTH: i32 = 4;
  export const ACTIVATION: i32 = 5;
}

export namespace ActivationOptionsSlot {
  export const ACTIVATION: i32 = 0;
}

export namespace ConcatenationOptionsSlot {
  export const AXIS: i32 = 0;
  export const ACTIVATION: i32 = 1;
}

export namespace ResizeOptionsSlot {
  export const ALIGN_CORNERS: i32 = 0;
  export const HALF_PIXEL_CENTERS: i32 = 1;
}

export namespace SlopeOptionsSlot {
  export const ALPHA: i32 = 0;
}

export namespace StridedSliceOptionsSlot {
  export const BEGIN_MASK: i32 = 0;
  export const END_MASK: i32 = 1;
  export const ELLIPSIS_MASK: i32 = 2;
  export const NEW_AXIS_MASK: i32 = 3;
  export const SHRINK_AXIS_MASK: i32 = 4;
}

export namespace DetectionOptionsSlot {
  export const MAX_DETECTIONS: i32 = 0;
  export const MAX_CLASSES_PER_DETECTION: i32 = 1;
  export const DETECTIONS_PER_CLASS: i32 = 2;
  export const REGULAR_NMS: i32 = 3;
  export const CLASSES: i32 = 4;
  export const SCORE_THRESHOLD: i32 = 5;
  export const IOU_THRESHOLD: i32 = 6;
  export const YSCALE: i32 = 7;
  export const XSCALE: i32 = 8;
  export const HSCALE: i32 = 9;
  export const WSCALE: i32 = 10;
}

export namespace MirrorPadOptionsSlot {
  export const SYMMETRIC: i32 = 0;
}

export namespace OperatorSlot {
  export const CODE: i32 = 0;
  export const NAME: i32 = 1;
  export const INPUTS: i32 = 2;
  export const OUTPUTS: i32 = 3;
  export const PLACEMENT: i32 = 4;
  export const REASON: i32 = 5;
  export const MARK: i32 = 6;
  export const OPTIONS_TYPE: i32 = 7;
  export const OPTIONS: i32 = 8;
  export const MACS: i32 = 9;
  export const WEIGHT_BYTES: i32 = 10;
  export const COEFFICIENT_BYTES: i32 = 11;
  export const ENTROPY_BYTES: i32 = 12;
  export const CHANNEL_GROUPS: i32 = 13;
  export const ERROR: i32 = 14;
  export const INPUT_COPIES: i32 = 15;
}

export namespace BindingSlot {
  export const TENSOR: i32 = 0;
  export const OFFSET: i32 = 1;
  export const BYTES: i32 = 2;
  export const VALUES: i32 = 3;
}

export namespace JobSlot {
  export const KIND: i32 = 0;
  export const PURPOSE: i32 = 1;
  export const OPERATOR: i32 = 2;
  export const MARK: i32 = 3;
  export const DESCRIPTOR: i32 = 4;
  export const INPUT: i32 = 5;
  export const OUTPUT: i32 = 6;
  export const COEFFICIENTS: i32 = 7;
  export const COEFFICIENT_BYTES: i32 = 8;
  export const MACS: i32 = 9;
  export const INPUT_BYTES: i32 = 10;
  export const OUTPUT_BYTES: i32 = 11;
  export const CORE: i32 = 12;
  export const CORES: i32 = 13;
}

export namespace SegmentSlot {
  export const PLACEMENT: i32 = 0;
  export const OPERATORS: i32 = 1;
  export const INPUTS: i32 = 2;
  export const OUTPUTS: i32 = 3;
  export const JOBS: i32 = 4;
  export const STREAM: i32 = 5;
  export const RELOCATIONS: i32 = 6;
  export const MODEL: i32 = 7;
  export const MODEL_INPUTS: i32 = 8;
  export const MODEL_OUTPUTS: i32 = 9;
  export const BUFFERS: i32 = 10;
  export const SIGNED_BYTES: i32 = 11;
}

export namespace StateSlot {
  export const INPUT: i32 = 0;
  export const OUTPUT: i32 = 1;
  export const INITIAL: i32 = 2;
}

export namespace BlobSlot {
  export const VERSION: i32 = 0;
  export const COMPILER: i32 = 1;
  export const CHECKSUM: i32 = 2;
  export const TARGET: i32 = 3;
  export const OPTIONS: i32 = 4;
  export const TENSORS: i32 = 5;
  export const OPERATORS: i32 = 6;
  export const SEGMENTS: i32 = 7;
  export const INPUTS: i32 = 8;
  export const OUTPUTS: i32 = 9;
  export const CONSTANTS_ADDRESS: i32 = 10;
  export const ARENA_ADDRESS: i32 = 11;
  export const ARENA_BYTES: i32 = 12;
  export const CONSTANTS: i32 = 13;
  export const INIT: i32 = 14;
  export const STATES: i32 = 15;
}
