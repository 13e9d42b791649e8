#include <algorithm>
#include <cstring>

#include "coefficients.h"
#include "descriptor.h"
#include "generation.h"
#include "jobs.h"
#include "ring.h"
#include "sram.h"

namespace nolfet {
namespace {

constexpr uint32_t kMaximum = 1;
constexpr uint32_t kFirstPixel = 3;

/** Signed bytes, as the code of a data type. */
constexpr uint32_t kSigned = 2;

/** One axis of the images: x or y. */
struct AxisSizes {
  int32_t in, out;  // `out` with the pixels that pooling drops
  int32_t kernel, offset;
  uint32_t inPitch, outPitch;
};

/** Four bits, the lower three and the sign apart. */
int32_t offsetOf(uint32_t low, uint32_t sign) {
  return static_cast<int32_t>(low) - static_cast<int32_t>(sign << 3);
}

/**
 * Windows share pixels with the image; pitches are sizes at least. Of `group` computed pixels one
 * is stored, and windows lie `step` apart.
 */
void checkAxis(const Memory& memory, const AxisSizes& axis, int32_t group, int32_t step) {
  if (axis.in == 0 || axis.out == 0 || axis.kernel == 0) memory.bad("sizes above 0", 0);
  if (axis.offset > 0) memory.bad("an offset of 0 or below", axis.offset);
  if (axis.out % group != 0) memory.bad("even sizes with pooling", axis.out);
  if (axis.inPitch < static_cast<uint32_t>(axis.in) ||
      axis.outPitch < static_cast<uint32_t>(axis.out / group)) {
    memory.bad("pitches that hold the sizes", phrase(axis.inPitch, " and ", axis.outPitch));
  }
  const int32_t last = (axis.out / step - 1) * step + axis.offset;
  if (last >= axis.in) memory.bad("an output that ends with the input", axis.out);
  if (axis.offset + axis.kernel <= 0) memory.bad("an offset below the kernel's size", axis.offset);
}

AxisSizes xOf(const Descriptor& nn) {
  return {
      static_cast<int32_t>(nn.bits(kNnInX)),
      static_cast<int32_t>(nn.bits(kNnOutX)),
      static_cast<int32_t>(nn.bits(kNnKernelX)),
      offsetOf(nn.bits(kNnOffsetXLow), nn.bits(kNnOffsetXSign)),
      nn.bits(kNnInXStride),
      nn.bits(kNnOutXStride),
  };
}

AxisSizes yOf(const Descriptor& nn) {
  return {
      static_cast<int32_t>(nn.bits(kNnInY)),
      static_cast<int32_t>(nn.bits(kNnOutY)),
      static_cast<int32_t>(nn.bits(kNnKernelY)),
      offsetOf(nn.bits(kNnOffsetYLow), nn.bits(kNnOffsetYSign)),
      nn.bits(kNnInYStride),
      nn.bits(kNnOutYStride),
  };
}

/** How the job pools: 2 x 2 pixels become their first or their largest. */
uint32_t poolingOf(const Memory& memory, const Descriptor& nn) {
  const uint32_t pooling = nn.bits(kNnPooling);
  if (pooling != 0 && pooling != kMaximum && pooling != kFirstPixel) {
    memory.bad("a known way of pooling", pooling);
  }
  if (nn.bits(kNnPoolingSize) != (pooling == 0 ? 1 : 0))
    memory.bad("the size of pooling", "another");
  return pooling;
}

/** What is stored by channels: their numbers, and how many kernels a core has at a time. */
CoefficientShape coefficientShapeOf(const Memory& memory, const Descriptor& nn) {
  CoefficientShape job = {};
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
Range verifyCoefficients(Memory& memory, const Core& core, const CoefficientShape& job) {
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
 * The vendor flags each offset that is below 0. The open driver flags both if one of them is, or
 * none, by the generation.
 */
void checkSigns(const Memory& memory, const Core& core, const Descriptor& nn, bool x, bool y) {
  const bool foundX = nn.bits(kNnNegativeX) == 1;
  const bool foundY = nn.bits(kNnNegativeY) == 1;
  const bool both = generationOf(core).flagsBorders && (x || y);
  const bool isEach = foundX == x && foundY == y;
  if (!isEach && !(foundX == both && foundY == both)) {
    memory.bad("the offsets' signs", phrase(foundX, " and ", foundY));
  }
}

/** All unsigned with zero points, or all signed without. */
void checkTypes(const Memory& memory, const Descriptor& nn) {
  const uint32_t type = nn.bits(kNnKernelType);
  if (type != 0 && type != kSigned) memory.bad("a known data type", type);
  if (nn.bits(kNnInType) != type || nn.bits(kNnOutType) != type)
    memory.bad("one data type", "several");
  const uint32_t zeros =
      (nn.bits(kNnWeightZero) | nn.bits(kNnOutZero)) | nn.bits(kNnBorderConstant);
  if (type == kSigned && zeros != 0) memory.bad("no zero points of signed bytes", zeros);
}

float asFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

/** What may hold other values than the open driver's, as long as no result depends on it. */
void checkUnknown(const Memory& memory, const Descriptor& nn) {
  if (nn.bits(kNnPrelu) == 1 && nn.bits(kNnRelu) == 1) memory.bad("one kind of ReLU", "two");
  const uint32_t word28 = nn.bits(kNnUnknown28);
  if (word28 != 0 && word28 != 0x03ffffff) memory.bad("0x3ffffff or 0 in word 28", word28);
  const uint32_t word31 = nn.bits(kNnUnknown31At11);
  if (word31 != 0 && word31 != 15) memory.bad("known bits in word 31", word31);
  if ((nn.bits(kNnUpperBound) | nn.bits(kNnLowerBound)) == 0) return;
  // Bounds beyond what a byte holds once it is rounded; comparisons with no number are false.
  const bool isSigned = nn.bits(kNnKernelType) == kSigned;
  const double zero = nn.bits(kNnOutZero);
  const double most = isSigned ? 126.5 : 254.5 - zero;
  const double least = isSigned ? -127.5 : 0.5 - zero;
  const bool areBeyond =
      asFloat(nn.bits(kNnUpperBound)) > most && asFloat(nn.bits(kNnLowerBound)) < least;
  if (!areBeyond) memory.bad("bounds beyond all results", nn.bits(kNnUpperBound));
}

/** From the first to the last byte of an image. */
uint64_t spanOf(uint64_t plane, uint32_t channels, uint32_t pitch, int32_t width, int32_t height) {
  return (channels - 1) * plane + static_cast<uint64_t>(height - 1) * pitch +
         static_cast<uint64_t>(width);
}

}  // namespace

Range verifyNn(Memory& memory, const Core& core, CachedKernels& kernels, uint32_t descriptor) {
  const Descriptor nn(memory.words(descriptor, 4 * kNnWords, "the NN descriptor"));
  const int strange = strangeNnWord(nn, core);
  if (strange >= 0) memory.bad(phrase("known bits in word ", strange), nn.word(strange));

  const uint32_t pooling = poolingOf(memory, nn);
  const int32_t group = pooling == 0 ? 1 : 2;
  const int32_t step = pooling == kFirstPixel ? 2 : 1;
  const AxisSizes x = xOf(nn);
  const AxisSizes y = yOf(nn);
  checkAxis(memory, x, group, step);
  checkAxis(memory, y, group, step);
  checkNumbers(memory, nn);
  checkTypes(memory, nn);
  checkTiling(memory, core, nn);
  checkCaching(memory, core, nn);
  checkUnknown(memory, nn);
  checkSigns(memory, core, nn, x.offset < 0, y.offset < 0);

  CoefficientShape job = coefficientShapeOf(memory, nn);
  job.kernelArea = static_cast<uint32_t>(x.kernel * y.kernel);
  job.outputPlanePitch = uint64_t{x.outPitch} * y.outPitch;
  const uint64_t inputPlane = uint64_t{x.inPitch} * y.inPitch;
  const Range in = {nn.bits(kNnInAddress),
                    spanOf(inputPlane, job.inputChannels, x.inPitch, x.in, y.in)};
  const Range out = {nn.bits(kNnOutAddress), spanOf(job.outputPlanePitch, job.outputChannels,
                                                    x.outPitch, x.out / group, y.out / group)};
  const Ring inRing(memory, nn.bits(kNnInRing), nn.bits(kNnInRingEnd));
  const Ring outRing(memory, nn.bits(kNnOutRing), nn.bits(kNnOutRingEnd));
  if (inRing.isUsed()) memory.input(inRing.range().first, inRing.range().bytes);
  if (outRing.isUsed()) memory.output(outRing.range().first, outRing.range().bytes);
  const Range placedIn = inRing.place(memory, in);
  const Range placedOut = outRing.place(memory, out);
  memory.input(placedIn.first, placedIn.bytes);
  memory.output(placedOut.first, placedOut.bytes);
  if (placedIn.overlaps(placedOut)) memory.bad("an output apart from the input", "an overlap");
  useCaches(memory, nn, kernels);
  return verifyCoefficients(memory, core, job);
}

}  // namespace nolfet
