#include "interop/books/refused.h"

namespace tanhui::interop {

Refusal FieldInvalid(const rules::Problem& problem) {
  return Refusal(Reason::kFieldInvalid, problem.path).With("problem", problem.problem);
}

Refusal UnknownPeer() { return Refusal(Reason::kUnknownPeer, "peer"); }

}  // namespace tanhui::interop
