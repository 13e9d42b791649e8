#include "stream.h"

#include <algorithm>

#include "../limits.h"
#include "jobs.h"
#include "memory.h"

namespace nolfet {
namespace {

/*
 *  31   27 26 25          16 15                           0
 * ┌───────┬──┬──────────────┬──────────────────────────────┐
 * │   1   │ 0│    count     │      state address >> 2      │  LOAD_STATE, then `count` values
 * │   3   │                0                               │  NOP
 * │                        0                               │  padding, one word
 * └───────┴────────────────────────────────────────────────┘
 * All packets but padding begin at even words, and are filled up to them with 0.
 */
constexpr uint32_t kLoadState = 1;
constexpr uint32_t kNop = 3u << 27;

constexpr uint32_t kInstructionFlags = 63;

enum StateAddress : uint32_t {
  SYSTEM_MODE = 0x00a28,
  NN_INSTRUCTION = 0x010a0,
  EVENT = 0x010a4,
  TP_INSTRUCTION = 0x010b8,
  FLUSH_CACHE = 0x0380c,
  API_MODE = 0x0384c,
  LAST = 0x01650,
  NN_CONFIG = 0x03930,
  SRAM_START = 0x03938,
  REMAP_START = 0x0393c,
  REMAP_END = 0x03940,
  TP_CONFIG = 0x0394c,
  TP_ORDER = 0x03950,
};

/** The values that a state may have. */
struct Setting {
  uint32_t state;
  std::vector<uint32_t> values;
};

const Setting kSettings[] = {
    {SYSTEM_MODE, {0x11}},
    {EVENT, {0}},
    {FLUSH_CACHE, {0xc23}},
    {API_MODE, {2}},
    {LAST, {1}},
    // The vendor's compilers write other bits too; 0 only before TP jobs.
    {NN_CONFIG, {0x10, 0, 0x40, 0x2010, 0x902010, 0x902050}},
    {SRAM_START, {0}},
    {REMAP_START, {0}},
    {REMAP_END, {0}},
    {TP_CONFIG, {0}},
    {TP_ORDER, {0, 8}},
};
constexpr size_t kSettingCount = std::size(kSettings);

/** What must have been loaded in the same stream, before a job of either unit. */
constexpr uint32_t kNnNeeds[] = {REMAP_START, REMAP_END, NN_CONFIG};
constexpr uint32_t kTpNeeds[] = {REMAP_START, REMAP_END, TP_CONFIG};

/** Every known stream flushes the caches twice after its last job. */
constexpr uint32_t kFinalFlushes = 2;

class FrontEnd {
 public:
  FrontEnd(const Image& image, const std::vector<uint32_t>& stream, const std::string& where,
           Work& work)
      : core_(image.core), stream_(stream), name_(where), memory_(image, where, work) {}

  std::vector<Job> run() {
    memory_.spend(kWorkOfWord * stream_.size());
    for (size_t at = 0; at < stream_.size();) at += packet(at);
    if (openTpJobs_ != 0) memory_.bad("the last job of a split operation", "the end of the stream");
    if (dueFlushes_ != 0) memory_.bad("the caches flushed twice behind the last job", "the end");
    return jobs_;
  }

 private:
  /** Gives the words of the packet at a word. */
  size_t packet(size_t at) {
    const uint32_t header = stream_[at];
    if (header == 0) return 1;
    memory_.where = phrase(name_, ", word ", at);
    if (at % 2 != 0) memory_.bad("packets at even words", header);
    const uint32_t count = header == kNop ? 0 : header >> 16 & 0x3ff;
    if (header != kNop && (header >> 26 != kLoadState << 1 || count == 0)) {
      memory_.bad("states, NOP or 0", header);
    }
    if (at + count >= stream_.size()) memory_.bad(phrase(count, " values"), "the end");
    for (uint32_t i = 0; i < count; i++) {
      memory_.where = phrase(name_, ", word ", at + 1 + i);
      load(((header & 0xffff) << 2) + 4 * i, stream_[at + 1 + i]);
    }
    if (count % 2 == 0) checkFilling(at + 1 + count);
    return (1 + count + 1) & ~size_t{1};
  }

  /** The word that makes a packet's words even. */
  void checkFilling(size_t at) {
    if (at >= stream_.size()) memory_.bad("a packet of whole 64 bits", "the end");
    if (stream_[at] != 0) memory_.bad("0 behind a packet's words", stream_[at]);
  }

  void load(uint32_t state, uint32_t value) {
    if (state == NN_INSTRUCTION) return startNn(value);
    if (state == TP_INSTRUCTION) return startTp(value);
    const size_t index = indexOf(state);
    if (index == kSettingCount) memory_.bad("a state that is known", phrase("state ", state));
    const Setting& setting = kSettings[index];
    const auto& values = setting.values;
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      memory_.bad(phrase("state ", state, " as ", values.front()), value);
    }
    const bool setsMode = state == SYSTEM_MODE || state == API_MODE;
    if (setsMode && !jobs_.empty()) refuseModes();
    setsModes_ |= setsMode;
    isLoaded_[index] = true;
    if (state == TP_ORDER) order_ = value;
    if (state == NN_CONFIG) config_ = value;
    if (state == FLUSH_CACHE && dueFlushes_ > 0) dueFlushes_--;
  }

  /** Known streams set the modes once per session, in a submission of their own. */
  [[noreturn]] void refuseModes() const {
    memory_.bad("a stream that sets modes or starts jobs", "one that does both");
  }

  void startNn(uint32_t value) {
    require(kNnNeeds);
    if (openTpJobs_ != 0) memory_.bad("the next job of a split operation", "an NN job");
    if ((value & kInstructionFlags) != 0) memory_.bad("an NN job without flags", value);
    if (config_ == 0) memory_.bad("a configuration of the NN unit", 0);
    beginJob();
    const Range words = verifyNn(memory_, core_, kernels_, value);
    jobs_.push_back({true, value, words.first, words.bytes});
  }

  /** Flag 1 says that more jobs of the operation follow, on the other TP cores. */
  void startTp(uint32_t value) {
    require(kTpNeeds);
    const uint32_t flags = value & kInstructionFlags;
    if (flags > 1) memory_.bad("flags 0 or 1 of a TP job", flags);
    if (flags == 0 && order_ != 0) memory_.bad("order 0 of an operation's last job", order_);
    if (++openTpJobs_ > core_.tpCoresPerJob()) memory_.bad("as many jobs as TP cores", "one more");
    if (flags == 0) openTpJobs_ = 0;
    beginJob();
    const uint32_t descriptor = value & ~kInstructionFlags;
    const Range words = verifyTp(memory_, core_, descriptor, flags == 1);
    jobs_.push_back({false, descriptor, words.first, words.bytes});
  }

  void beginJob() {
    memory_.where = phrase(name_, ", job ", jobs_.size());
    memory_.spend(kWorkOfJob);
    dueFlushes_ = kFinalFlushes;
  }

  template <size_t Count>
  void require(const uint32_t (&states)[Count]) const {
    if (setsModes_) refuseModes();
    for (const uint32_t state : states) {
      if (!isLoaded_[indexOf(state)]) memory_.bad(phrase("state ", state, " before a job"), "none");
    }
  }

  static size_t indexOf(uint32_t state) {
    const auto* found = std::find_if(std::begin(kSettings), std::end(kSettings),
                                     [&](const Setting& one) { return one.state == state; });
    return static_cast<size_t>(found - std::begin(kSettings));
  }

  const Core& core_;
  const std::vector<uint32_t>& stream_;
  std::string name_;
  Memory memory_;
  std::vector<Job> jobs_;
  bool isLoaded_[kSettingCount] = {};
  uint32_t order_ = 0;
  uint32_t config_ = 0;
  CachedKernels kernels_;
  /** Jobs of a split operation that have been started. */
  uint32_t openTpJobs_ = 0;
  uint32_t dueFlushes_ = 0;
  bool setsModes_ = false;
};

}  // namespace

std::vector<Job> verifyStream(const Image& image, const std::vector<uint32_t>& stream,
                              const std::string& where, Work& work) {
  return FrontEnd(image, stream, where, work).run();
}

}  // namespace nolfet
