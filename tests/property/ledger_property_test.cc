// The core against a slow model over random sequences of commands: repeats, changed repeats,
// cancellations, atomic trials, amounts around every limit, months that pass, and every feature of
// POINTS.md. RC_PARAMS="seed=..." or what a failure prints as reproduce=... runs the same sequences
// again.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "tests/property/side_by_side.h"

namespace tanhui::model {

std::ostream& operator<<(std::ostream& out, const Draw& draw) {
  return out << "{act " << static_cast<int>(draw.act) << " verb " << static_cast<int>(draw.verb)
             << " a " << draw.a << " b " << draw.b << " c " << draw.c << " points " << draw.points
             << " extra " << draw.extra << "}";
}

namespace {

rc::Gen<Draw> Draws() {
  using rc::gen::inRange;
  using rc::gen::set;
  const auto act = rc::gen::weightedElement<Act>({{32, Act::kAsk},
                                                  {4, Act::kRepeat},
                                                  {3, Act::kChangedRepeat},
                                                  {3, Act::kBegin},
                                                  {1, Act::kKeep},
                                                  {1, Act::kUndo},
                                                  {1, Act::kTake},
                                                  {1, Act::kSweep}});
  const auto verb = rc::gen::weightedElement<Verb>(
      {{12, Verb::kAward},       {6, Verb::kRedeem},        {4, Verb::kTransfer},
       {5, Verb::kFund},         {1, Verb::kOpenBudget},    {2, Verb::kOpenCitizen},
       {1, Verb::kOpenMerchant}, {1, Verb::kOpenCharity},   {1, Verb::kRecordFile},
       {5, Verb::kCancel},       {1, Verb::kSetTerms},      {2, Verb::kDonate},
       {6, Verb::kHold},         {4, Verb::kCapture},       {2, Verb::kRelease},
       {5, Verb::kRefund},       {5, Verb::kReverse},       {3, Verb::kSetStatus},
       {1, Verb::kClose},        {1, Verb::kMerge},         {1, Verb::kReturnBudget},
       {3, Verb::kGuardian},     {3, Verb::kOpenHousehold}, {7, Verb::kChangeHousehold},
       {5, Verb::kContribute}});
  return rc::gen::build<Draw>(set(&Draw::act, act), set(&Draw::verb, verb),
                              set(&Draw::a, inRange<std::uint32_t>(0, 1000)),
                              set(&Draw::b, inRange<std::uint32_t>(0, 1000)),
                              set(&Draw::c, inRange<std::uint32_t>(0, 1000)),
                              set(&Draw::points, inRange<std::uint32_t>(0, 1000)),
                              set(&Draw::extra, inRange<std::uint32_t>(0, 100'000)));
}

TEST(LedgerProperty, TheCoreAgreesWithTheModel) {
  setenv("RC_PARAMS", "max_success=4000 max_size=200", 0);  // the caller's own come first
  std::map<std::string, int> tally;
  const auto agrees = [&tally](bool rich) {
    const auto draws = *rc::gen::container<std::vector<Draw>>(Draws());
    SideBySide run(rich);
    const std::string difference = run.Do(draws);
    for (const auto& [outcome, count] : run.tally()) {
      tally[outcome] += count;
    }
    if (!difference.empty()) {
      RC_FAIL(difference);
    }
  };
  EXPECT_TRUE(rc::check("the core agrees with the model", agrees));
  for (const auto& [outcome, count] : tally) {
    std::printf("%8d %s\n", count, outcome.c_str());
  }
}

}  // namespace
}  // namespace tanhui::model
