// That a FlatBuffer stays inside itself.
#pragma once

#include <cstdint>
#include <vector>

namespace nolfet {

/**
 * Checks every offset, vtable, vector and string of the tables in nolf.fbs, as host/blob/verify.ts
 * does: afterwards flatc's accessors are safe. Work is linear in the length, which FlatBuffers' own
 * verifier does not see to where parts are shared. Throws Refusal.
 */
void checkStructure(const std::vector<uint8_t>& file);

}  // namespace nolfet
