#include "interop/books/leaving/sent.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "ledger/rules/tallies.h"

namespace tanhui::interop {
namespace {

BusinessDate MonthFrom(BusinessDate date) { return FirstDayOf(MonthOf(date)); }

bool IsOver(const Tally& tally, BusinessDate today) {
  return tally.limit == kSent && tally.first < MonthFrom(today);
}

// Whether another tally fits in once those that are over are forgotten.
bool HasRoom(const std::vector<Tally>& tallies, BusinessDate today) {
  return tallies.size() < kMaxTallies ||
         std::any_of(tallies.begin(), tallies.end(),
                     [today](const Tally& tally) { return IsOver(tally, today); });
}

// What may still leave.
std::int64_t LeftOf(const PeerTerms& terms, std::int64_t sent) {
  const std::int64_t most = terms.citizen_month_points == Amount(0)
                                ? std::numeric_limits<std::int64_t>::max()
                                : terms.citizen_month_points.units();
  return std::max<std::int64_t>(most - sent, 0);
}

}  // namespace

std::int64_t SentTo(const Account& citizen, ParticipantNo peer, BusinessDate today) {
  return rules::CountedOf(citizen.tallies, kSent, peer.value(), MonthFrom(today));
}

std::optional<Refusal> RefusedBySent(const Account& citizen, ParticipantNo peer,
                                     const PeerTerms& terms, std::int64_t points,
                                     BusinessDate today) {
  const std::int64_t sent = SentTo(citizen, peer, today);
  const std::int64_t left = LeftOf(terms, sent);
  if (points > left) {
    return Refusal(Reason::kExchangeLimit, "points").With("left", left);
  }
  return sent == 0 && !HasRoom(citizen.tallies, today)
             ? std::optional(Refusal(Reason::kExchangeLimit, "account"))
             : std::nullopt;
}

Fault CountSent(Account& citizen, ParticipantNo peer, const PeerTerms& terms, std::int64_t points,
                BusinessDate today) {
  if (points > LeftOf(terms, SentTo(citizen, peer, today))) {
    return "a citizen sends more than a month's points";
  }
  std::erase_if(citizen.tallies, [today](const Tally& tally) { return IsOver(tally, today); });
  return rules::AddTally(citizen.tallies, {kSent, peer.value(), MonthFrom(today), points})
             ? std::nullopt
             : Fault("a tally of points that left leaves its range");
}

Fault CountReturned(Account& citizen, ParticipantNo peer, std::int64_t points,
                    BusinessDate prepared_on) {
  return rules::AddTally(citizen.tallies, {kSent, peer.value(), MonthFrom(prepared_on), -points})
             ? std::nullopt
             : Fault("a tally of points that left leaves its range");
}

}  // namespace tanhui::interop
