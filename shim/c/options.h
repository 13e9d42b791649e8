// The options of operators on the CPU, by the numbers that their kernels know them by.
#pragma once

#include "nolf_generated.h"

namespace nolfet {

#include "options.generated.inc"

/** Calls `set` with every option of an operator and its value. */
template <typename Set>
void eachOption(const nolf::Operator& one, Set set) {
#define OPTION(name, field) set(Option::name, static_cast<double>(table->field()))
  if (const auto* table = one.options_as_Pool2DOptions()) {
    OPTION(PADDING, padding);
    OPTION(STRIDE_HEIGHT, stride_height);
    OPTION(STRIDE_WIDTH, stride_width);
    OPTION(FILTER_HEIGHT, filter_height);
    OPTION(FILTER_WIDTH, filter_width);
    OPTION(ACTIVATION, activation);
  } else if (const auto* table = one.options_as_SoftmaxOptions()) {
    OPTION(BETA, beta);
  } else if (const auto* table = one.options_as_ConvolutionOptions()) {
    OPTION(PADDING, padding);
    OPTION(STRIDE_HEIGHT, stride_height);
    OPTION(STRIDE_WIDTH, stride_width);
    OPTION(DILATION_HEIGHT, dilation_height);
    OPTION(DILATION_WIDTH, dilation_width);
    OPTION(ACTIVATION, activation);
  } else if (const auto* table = one.options_as_ActivationOptions()) {
    OPTION(ACTIVATION, activation);
  } else if (const auto* table = one.options_as_ConcatenationOptions()) {
    OPTION(AXIS, axis);
    OPTION(ACTIVATION, activation);
  } else if (const auto* table = one.options_as_ResizeOptions()) {
    OPTION(ALIGN_CORNERS, align_corners);
    OPTION(HALF_PIXEL_CENTERS, half_pixel_centers);
  } else if (const auto* table = one.options_as_SlopeOptions()) {
    OPTION(ALPHA, alpha);
  } else if (const auto* table = one.options_as_StridedSliceOptions()) {
    OPTION(BEGIN_MASK, begin_mask);
    OPTION(END_MASK, end_mask);
    OPTION(ELLIPSIS_MASK, ellipsis_mask);
    OPTION(NEW_AXIS_MASK, new_axis_mask);
    OPTION(SHRINK_AXIS_MASK, shrink_axis_mask);
  } else if (const auto* table = one.options_as_MirrorPadOptions()) {
    OPTION(SYMMETRIC, symmetric);
  } else if (const auto* table = one.options_as_DetectionOptions()) {
    OPTION(MAX_DETECTIONS, max_detections);
    OPTION(MAX_CLASSES_PER_DETECTION, max_classes_per_detection);
    OPTION(DETECTIONS_PER_CLASS, detections_per_class);
    OPTION(REGULAR_NMS, regular_nms);
    OPTION(CLASSES, classes);
    OPTION(SCORE_THRESHOLD, score_threshold);
    OPTION(IOU_THRESHOLD, iou_threshold);
    OPTION(Y_SCALE, y_scale);
    OPTION(X_SCALE, x_scale);
    OPTION(H_SCALE, h_scale);
    OPTION(W_SCALE, w_scale);
  }
#undef OPTION
}

}  // namespace nolfet
