// A second city with rules for what the first has none of: bookings, venues, a bonus, deposits,
// trade-in, and an age at which the keys of past months matter.
#ifndef TANHUI_TESTS_E2E_RULES_MORE_RULES_H_
#define TANHUI_TESTS_E2E_RULES_MORE_RULES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {

// Set chengdu in district 510104, acts 50 days late at most: pickup: half a point for 100 g of
// paper, booked and weighed within 14 days; meal: 5 points at a restaurant, 600 seconds; planting:
// 10 points, and half as many from budget extra in these days, 12 for one citizen at most; bottle:
// 5 fen small and 15 fen large, paid by 10 in asset fen; trade_in: 300 points an item with a serial
// number; appliance_recycling: 100 points an item with evidence; bike: 10 points, a record.
class MoreRulesTest : public RulesTest {
 protected:
  using RulesTest::RulesTest;
  void SetUp() override;

  // An act in district 510104.
  v1::AwardRequest ChengduActOf(const std::string& id, const std::string& act) const;
  // The same act, `days` ago and on that date.
  static v1::AwardRequest DaysAgo(v1::AwardRequest request, std::int64_t days);

  // The answer to an act that must be taken.
  v1::AwardResponse Take(const v1::AwardRequest& request) const;
  Refused Refuse(const v1::AwardRequest& request) const;
};

// Text of one piece of evidence of an act.
std::string RecordText(std::string_view subject, std::string_view source = "scales");
std::string SerialText(std::string_view subject, std::string_view source = "maker");

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_RULES_MORE_RULES_H_
