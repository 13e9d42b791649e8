#include <algorithm>

#include "../limits.h"
#include "codes.h"
#include "kernel-words.h"

namespace nolfet {

/*
 *  ┌ header, 64 bytes ┬ streams, each padded to 64 bytes ┐
 *  │                  │ core 0 │ core 1 │ …              │
 *  └──────────────────┴──────────────────────────────────┘
 *  stream, as bytes │ kernels u16 │ … bias i32 weights … output offset u32 … │
 */
Range verifyCodedWords(Memory& memory, const Core& core, const CoefficientShape& job) {
  const uint32_t used = std::min(job.outputChannels, core.nnCores);
  const uint32_t kernels = (job.outputChannels + used - 1) / used;
  const CodeHeader header(memory, job.address, used);
  uint64_t end = job.address + CodeHeader::kBytes;
  TakenOutputs taken(job.outputChannels);
  for (uint32_t nnCore = 0; nnCore < used; nnCore++) {
    const uint64_t size = header.streamBytes(nnCore);
    const uint8_t* stream = memory.words(end, size, "a coefficient stream");
    memory.spend(size * kWorkOfCodedByte + kWorkOfKernel * kernels);
    CodedBytes bytes(header, BitString(stream, header.streamBits(nnCore)));
    const uint32_t low = bytes.take();
    const uint32_t announced = low | bytes.take() << 8;
    KernelWords<CodedBytes>(memory, job, used, nnCore, bytes, taken).verify(announced);
    if (!bytes.isAtEnd()) memory.bad("the end behind a stream's weights", "others");
    end += size;
  }
  return {job.address, end - job.address};
}

}  // namespace nolfet
