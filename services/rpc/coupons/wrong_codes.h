// Counts wrong codes of each caller, so that nobody finds one by trying.
#ifndef TANHUI_SERVICES_RPC_COUPONS_WRONG_CODES_H_
#define TANHUI_SERVICES_RPC_COUPONS_WRONG_CODES_H_

#include <map>
#include <mutex>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/sequencer/clock.h"

namespace tanhui::rpc {

// Thread-safe.
class WrongCodes {
 public:
  // At most `most` of one caller within a minute. The clock is used as long as this.
  WrongCodes(int most, const sequencer::Clock& clock) : most_(most), clock_(clock) {}

  // Whether the caller must wait until the minute is over, whatever code it has.
  bool TooMany(ParticipantNo caller);
  void Note(ParticipantNo caller);

 private:
  struct Count {
    LedgerTime since;
    int wrong = 0;
  };
  // Of this minute; with the lock.
  Count& CountOf(ParticipantNo caller);

  const int most_;
  const sequencer::Clock& clock_;
  std::mutex mutex_;
  std::map<ParticipantNo, Count> counts_;  // guarded by mutex_
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_COUPONS_WRONG_CODES_H_
