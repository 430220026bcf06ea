#include "services/rpc/coupons/wrong_codes.h"

namespace tanhui::rpc {
WrongCodes::Count& WrongCodes::CountOf(ParticipantNo caller) {
  Count& count = counts_[caller];
  const LedgerTime now = clock_.Wall();
  if (now < count.since || now.value() >= count.since.value() + kMicrosPerMinute) {
    count = {now, 0};
  }
  return count;
}

bool WrongCodes::TooMany(ParticipantNo caller) {
  const std::lock_guard lock(mutex_);
  return CountOf(caller).wrong >= most_;
}

void WrongCodes::Note(ParticipantNo caller) {
  const std::lock_guard lock(mutex_);
  ++CountOf(caller).wrong;
}

}  // namespace tanhui::rpc
