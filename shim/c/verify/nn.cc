#include <algorithm>

#include "coefficients.h"
#include "descriptor.h"
#include "jobs.h"
#include "sram.h"

namespace nolfet {
namespace {

constexpr uint32_t kFirstPixel = 3;

/** One axis of the images: x or y. */
struct Axis {
  int32_t in, out;  // `out` with the pixels that pooling drops
  int32_t kernel, offset;
  uint32_t inPitch, outPitch;
};

/** Four bits, the lower three and the sign apart. */
int32_t offsetOf(uint32_t low, uint32_t sign) {
  return static_cast<int32_t>(low) - static_cast<int32_t>(sign << 3);
}

/** Windows share pixels with the image; pitches are sizes. */
void checkAxis(const Memory& memory, const Axis& axis, int32_t step) {
  if (axis.in == 0 || axis.out == 0 || axis.kernel == 0) memory.bad("sizes above 0", 0);
  if (axis.offset > 0) memory.bad("an offset of 0 or below", axis.offset);
  if (axis.out % step != 0) memory.bad("even sizes with pooling", axis.out);
  const int32_t stored = axis.out / step;
  if (axis.inPitch != static_cast<uint32_t>(axis.in) ||
      axis.outPitch != static_cast<uint32_t>(stored)) {
    memory.bad("pitches that are sizes", phrase(axis.inPitch, " and ", axis.outPitch));
  }
  const int32_t last = (stored - 1) * step + axis.offset;
  if (last >= axis.in) memory.bad("an output that ends with the input", axis.out);
  if (axis.offset + axis.kernel <= 0) memory.bad("an offset below the kernel's size", axis.offset);
}

Axis xOf(const Descriptor& nn) {
  return {
      static_cast<int32_t>(nn.bits(kNnInX)),
      static_cast<int32_t>(nn.bits(kNnOutX)),
      static_cast<int32_t>(nn.bits(kNnKernelX)),
      offsetOf(nn.bits(kNnOffsetXLow), nn.bits(kNnOffsetXSign)),
      nn.bits(kNnInXStride),
      nn.bits(kNnOutXStride),
  };
}

Axis yOf(const Descriptor& nn) {
  return {
      static_cast<int32_t>(nn.bits(kNnInY)),
      static_cast<int32_t>(nn.bits(kNnOutY)),
      static_cast<int32_t>(nn.bits(kNnKernelY)),
      offsetOf(nn.bits(kNnOffsetYLow), nn.bits(kNnOffsetYSign)),
      nn.bits(kNnInYStride),
      nn.bits(kNnOutYStride),
  };
}

/** 2 where pooling drops every other pixel, else 1. */
int32_t stepOf(const Memory& memory, const Descriptor& nn) {
  const uint32_t pooling = nn.bits(kNnPooling);
  if (pooling != 0 && pooling != kFirstPixel) memory.bad("a known way of pooling", pooling);
  if (nn.bits(kNnPoolingSize) != (pooling == 0 ? 1 : 0))
    memory.bad("the size of pooling", "another");
  return pooling == 0 ? 1 : 2;
}

/** What is stored by channels: their numbers, and how many kernels a core has at a time. */
Convolution convolutionOf(const Memory& memory, const Descriptor& nn) {
  Convolution job = {};
  job.address = uint64_t{nn.bits(kNnKernelAddress)} << 6;
  const uint32_t planes = nn.bits(kNnKernelZ);
  job.outputChannels = nn.bits(kNnOutZ);
  job.kernelsPerCore = nn.bits(kNnKernelsPerCore);
  job.depthwise = nn.bits(kNnDepthwise) == 1;
  job.inputChannels = job.depthwise ? job.outputChannels : planes;
  if (planes == 0 || job.outputChannels == 0 || job.kernelsPerCore == 0) {
    memory.bad("channels and kernels above 0", 0);
  }
  // Drivers write as input planes either what a kernel has or what all have together.
  if (job.depthwise && planes != 1 && planes != job.outputChannels) {
    memory.bad("1 input plane or all of them", planes);
  }
  return job;
}

/** By coding (assembly/targets/cores.ts). */
Range verifyCoefficients(Memory& memory, const Core& core, const Convolution& job) {
  constexpr decltype(&verifyHuffman) kByCoding[] = {verifyZeroRuns, verifyHuffman,
                                                    verifyCodedWords};
  return kByCoding[core.coding](memory, core, job);
}

void checkNumbers(const Memory& memory, const Descriptor& nn) {
  if (nn.bits(kNnBorderConstant) > 255)
    memory.bad("a border that is a byte", nn.bits(kNnBorderConstant));
  if (nn.bits(kNnShift5) > 1) memory.bad("a shift below 64", nn.bits(kNnShift5));
}

/**
 * The vendor says of either offset whether it is below 0. The open driver says it of both if it
 * holds for one, and on v7 of none.
 */
void checkSigns(const Memory& memory, const Core& core, const Descriptor& nn, bool x, bool y) {
  const bool foundX = nn.bits(kNnNegativeX) == 1;
  const bool foundY = nn.bits(kNnNegativeY) == 1;
  const bool both = core.architecture == 8 && (x || y);
  const bool isEach = foundX == x && foundY == y;
  if (!isEach && !(foundX == both && foundY == both)) {
    memory.bad("the offsets' signs", phrase(foundX, " and ", foundY));
  }
}

}  // namespace

Range verifyNn(Memory& memory, const Core& core, uint32_t descriptor) {
  const Descriptor nn(memory.words(descriptor, 4 * kNnWords, "the NN descriptor"));
  const int strange = strangeNnWord(nn, core);
  if (strange >= 0) memory.bad(phrase("known bits in word ", strange), nn.word(strange));

  const int32_t step = stepOf(memory, nn);
  const Axis x = xOf(nn);
  const Axis y = yOf(nn);
  checkAxis(memory, x, step);
  checkAxis(memory, y, step);
  checkNumbers(memory, nn);
  checkTiling(memory, core, nn);
  checkCaching(memory, core, nn);
  checkSigns(memory, core, nn, x.offset < 0, y.offset < 0);

  Convolution job = convolutionOf(memory, nn);
  job.kernelArea = static_cast<uint32_t>(x.kernel * y.kernel);
  job.outputPlanePitch = uint64_t{x.outPitch} * y.outPitch;
  const uint64_t outputPlane =
      static_cast<uint64_t>(x.out / step) * static_cast<uint64_t>(y.out / step);
  const uint64_t inputPlane = static_cast<uint64_t>(x.in) * static_cast<uint64_t>(y.in);
  const Range input = memory.input(nn.bits(kNnInAddress), inputPlane * job.inputChannels);
  const Range output = memory.output(nn.bits(kNnOutAddress), outputPlane * job.outputChannels);
  if (input.overlaps(output)) memory.bad("an output apart from the input", "that they overlap");
  return verifyCoefficients(memory, core, job);
}

}  // namespace nolfet
