// SHA-256 and the two domain-separated hashes of the Merkle tree (RFC 6962 section 2.1).
//
// Every function may be called from any thread. None reports an error: SHA-256 of memory fails
// only when the library cannot be loaded or memory is gone, and then the process aborts.
#ifndef TANHUI_LEDGER_MERKLE_HASH_H_
#define TANHUI_LEDGER_MERKLE_HASH_H_

#include <initializer_list>
#include <span>
#include <string_view>

#include "ledger/core/ids.h"

namespace tanhui::merkle {

Hash256 Sha256(std::string_view bytes);
// SHA-256 of the concatenation. The parts are not delimited: a caller whose parts vary in length
// must make the boundaries unambiguous itself.
Hash256 Sha256(std::initializer_list<std::string_view> parts);
Hash256 Sha256(std::span<const std::string_view> parts);

// SHA-256(0x00 || entry).
Hash256 LeafHash(std::string_view entry);
// SHA-256(0x01 || left || right).
Hash256 NodeHash(const Hash256& left, const Hash256& right);
// The root of the tree without leaves: SHA-256 of nothing.
Hash256 EmptyRoot();

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_HASH_H_
