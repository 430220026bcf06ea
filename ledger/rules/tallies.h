// What a citizen has done in a period, counted against limits.
#ifndef TANHUI_LEDGER_RULES_TALLIES_H_
#define TANHUI_LEDGER_RULES_TALLIES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// The first and the last day of the period in which a date lies.
BusinessDate FirstOf(entry::v1::Period period, BusinessDate date);
BusinessDate LastOf(entry::v1::Period period, BusinessDate date);

// What was counted; 0 when nothing was.
std::int64_t CountedOf(std::span<const Tally> tallies, LimitNo limit, std::uint32_t category,
                       BusinessDate first);

// Adds `part`, which may be below zero: a tally that would fall to zero or below is dropped. False
// when the sum would overflow.
bool AddTally(std::vector<Tally>& tallies, const Tally& part);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_TALLIES_H_
