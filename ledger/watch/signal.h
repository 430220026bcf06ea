// What the watch notices, and about whom.
#ifndef TANHUI_LEDGER_WATCH_SIGNAL_H_
#define TANHUI_LEDGER_WATCH_SIGNAL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui::watch {

// The numbers stand in stored cases: new kinds get new ones.
enum class SignalKind : std::uint8_t {
  kCitizenVelocity = 1,   // one citizen earned by very many acts in a short time
  kDeviceVelocity = 2,    // one device recorded very many acts
  kCallerVelocity = 3,    // one caller handed in very many acts
  kImpossibleTravel = 4,  // two acts of one citizen at places too far apart for their times
  kManyCitizens = 5,      // one device recorded acts of very many citizens
  kCapRefusals = 6,       // one citizen's acts were refused by caps again and again
  kCouponSplit = 7,       // one citizen used several coupons at one merchant in a short time
  kCouponGroup = 8,       // nearly all coupons at one merchant were used by a few citizens
  kCouponCodes = 9,       // several devices asked for codes of one coupon
  kCouponDevice = 10,     // one device asked for codes of several citizens
};
inline constexpr std::uint8_t kSignalKinds = 10;

// Whom a signal is about, and so what its subject's number is.
enum class SubjectKind : std::uint8_t {
  kCitizen,  // an account number
  kDevice,   // a keyed hash of source and device of the evidence
  kCaller,   // a participant's number: who called, or a merchant
};
SubjectKind SubjectOf(SignalKind kind);

// Entries that one signal, or one case, names at most.
inline constexpr std::size_t kMaxEntries = 100;

struct Signal {
  SignalKind kind = SignalKind::kCitizenVelocity;
  std::uint64_t subject = 0;
  // Of the acts that it names.
  LedgerTime first;
  LedgerTime last;
  // How many were counted in the fullest window around the act; 2 for travel.
  std::uint32_t count = 0;
  // At the crossing of a threshold what led to it, as far as it is remembered, newest first;
  // afterwards the act alone. Empty for acts that were refused.
  std::vector<EntryIndex> entries;
};

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_SIGNAL_H_
