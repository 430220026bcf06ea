// Random ids of accounts and owners.
#ifndef TANHUI_SERVICES_RPC_RANDOM_ID_H_
#define TANHUI_SERVICES_RPC_RANDOM_ID_H_

#include <string>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/core/ids.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::rpc {

// 16 fresh random bytes. Without a random source nothing can be opened safely (Check).
inline std::string RandomId() {
  auto bytes = signing::RandomBytes(AccountId::kSize);
  Check(bytes.ok(), "no random bytes");
  return *std::move(bytes);
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_RANDOM_ID_H_
