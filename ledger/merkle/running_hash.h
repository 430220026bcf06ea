// SHA-256 of a text that comes in pieces and is not kept.
#ifndef TANHUI_LEDGER_MERKLE_RUNNING_HASH_H_
#define TANHUI_LEDGER_MERKLE_RUNNING_HASH_H_

#include <memory>
#include <string_view>

#include "ledger/core/ids.h"

namespace tanhui::merkle {

// One thread.
class RunningSha256 {
 public:
  RunningSha256();
  ~RunningSha256();
  RunningSha256(RunningSha256&& other) noexcept;
  RunningSha256& operator=(RunningSha256&& other) noexcept;

  void Add(std::string_view bytes);
  // Of all that was added; nothing may be added afterwards.
  Hash256 Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace tanhui::merkle

#endif  // TANHUI_LEDGER_MERKLE_RUNNING_HASH_H_
