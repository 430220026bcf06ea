// A small log with a signed checkpoint, for tests.
#ifndef TANHUI_TESTS_LEDGER_SIGNING_DEMO_LOG_H_
#define TANHUI_TESTS_LEDGER_SIGNING_DEMO_LOG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree.h"
#include "ledger/signing/receipt.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::signing {

// The entries of the RFC 6962 test vectors.
inline std::vector<std::string> DemoEntries() {
  return {"",
          std::string(1, '\0'),
          "\x10",
          "\x20\x21",
          "\x30\x31",
          "\x40\x41\x42\x43",
          "\x50\x51\x52\x53\x54\x55\x56\x57",
          "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
}

// The receipt of one entry, signed with the demo key. Fewer than 256 entries.
inline Receipt DemoReceipt(const std::vector<std::string>& entries, std::uint64_t index) {
  merkle::TreeBuilder builder;
  for (const std::string& entry : entries) {
    builder.Append(merkle::LeafHash(entry));
  }
  const merkle::TreeEdge edge(builder);
  auto proof = merkle::InclusionProof(
      index, entries.size(),
      [&edge](merkle::TileId id, std::uint32_t width) { return edge.Partial(id, width).value(); });
  auto note =
      SignCheckpoint({std::string(kDemoName), entries.size(), builder.Root()}, DemoSigner());
  Check(proof.ok() && note.ok(), "the demo log has receipts");
  return Receipt{entries[index], index, *std::move(proof), *std::move(note)};
}

}  // namespace tanhui::signing

#endif  // TANHUI_TESTS_LEDGER_SIGNING_DEMO_LOG_H_
