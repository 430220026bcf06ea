#include "ledger/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace tanhui {

void Die(std::string_view what, const char* file, int line) {
  std::fprintf(stderr, "tanhui: invariant broken at %s:%d: %.*s\n", file, line,
               static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace tanhui
