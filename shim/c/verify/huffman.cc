#include <algorithm>

#include "../limits.h"
#include "codes.h"

namespace nolfet {
namespace {

/*
 *  ┌ header, 64 bytes ┬ streams, each padded to 64 bytes ┬ biases ───────────────┐
 *  │                  │ core 0 │ core 1 │ …              │ i32 x output channels │
 *  └──────────────────┴──────────────────────────────────┴───────────────────────┘
 *  stream, as bytes │ kernels of the core u16 │ weights, each kernel's filled up to nines │
 */
constexpr uint32_t kBlock = 9;
constexpr uint32_t kCountBytes = 2;
constexpr uint32_t kShortestCode = 3;
constexpr uint32_t kLongestCode = 12;
constexpr uint32_t kLongestCodeWithRuns = 13;
/** Bytes that may follow the weights: one that makes them even, and two empty pairs. */
constexpr uint32_t kMostBehind = 5;

/** Weights are not looked at, as none moves an address. */
void verifyStream(const Memory& memory, const CodeHeader& header, uint32_t nnCore,
                  const uint8_t* stream, uint32_t kernels, uint64_t weights) {
  const uint32_t bits = header.streamBits(nnCore);
  const uint64_t decoded = kCountBytes + kernels * weights;
  const uint64_t codes = (decoded + header.longestRun() - 1) / header.longestRun();
  const uint32_t longest = header.hasRuns() ? kLongestCodeWithRuns : kLongestCode;
  if (codes * kShortestCode > bits || (decoded + kMostBehind) * longest < bits) {
    memory.bad(phrase("a stream of ", decoded, " bytes"), phrase(bits, " bits"));
  }
  CodedBytes bytes(header, BitString(stream, bits));
  const uint32_t low = bytes.take();
  const uint32_t announced = low | bytes.take() << 8;
  if (bytes.hasOverrun() || announced != kernels) {
    memory.bad(phrase(kernels, " kernels in a stream"), announced);
  }
}

}  // namespace

Range verifyHuffman(Memory& memory, const Core& core, const CoefficientShape& job) {
  const uint32_t streams = std::min(job.outputChannels, core.nnCores);
  const CodeHeader header(memory, job.address, streams);
  const uint64_t weights = uint64_t{job.kernelArea} * (job.depthwise ? 1 : job.inputChannels);
  const uint64_t filled = (weights + kBlock - 1) / kBlock * kBlock;
  uint64_t end = job.address + CodeHeader::kBytes;
  for (uint32_t i = 0; i < streams; i++) {
    const uint64_t bytes = header.streamBytes(i);
    const uint8_t* stream = memory.words(end, bytes, "a coefficient stream");
    const uint32_t kernels = job.outputChannels / streams + (i < job.outputChannels % streams);
    memory.spend(kWorkOfKernel * kernels);
    verifyStream(memory, header, i, stream, kernels, filled);
    end += bytes;
  }
  memory.words(end, 4ull * job.outputChannels, "the biases");
  return {job.address, end + 4ull * job.outputChannels - job.address};
}

}  // namespace nolfet
