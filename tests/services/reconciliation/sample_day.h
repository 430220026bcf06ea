// A small day file and what makes one.
#ifndef TANHUI_TESTS_SERVICES_RECONCILIATION_SAMPLE_DAY_H_
#define TANHUI_TESTS_SERVICES_RECONCILIATION_SAMPLE_DAY_H_

#include <string>
#include <vector>

#include "ledger/core/check.h"
#include "services/reconciliation/day_writer.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::reconciliation {

// Of metro-app on 2027-01-05, whose ledger day ended at 18:00.
inline DayTitle SampleTitle() {
  return {"metro-app",
          "cq-tanhuitong",
          *ParseDay("2027-01-05"),
          std::string(signing::kDemoName),
          40'021,
          88'411,
          18 * 60};
}

inline std::vector<DayRow> SampleRows() {
  return {
      {EntryIndex(40'021), "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b", "T-77", "redemption",
       std::nullopt, "s12", "t3", RowState::kPart, -500, 500},
      {EntryIndex(40'375), "r-9", "", "refund", EntryIndex(40'021), "s12", "t3", RowState::kDone,
       200, -200},
      {EntryIndex(51'000), "r,10", "said \"yes\"", "hold", std::nullopt, "s12", "", RowState::kDone,
       0, 0},
      {EntryIndex(60'007), "", "", "cancellation", EntryIndex(12), "", "", RowState::kDone, 7, 0}};
}

struct WrittenDay {
  std::string text;
  DayTotals totals;
};

inline WrittenDay WriteDay(const DayTitle& title, const std::vector<DayRow>& rows) {
  WrittenDay out;
  DayWriter writer(title, out.text);
  for (const DayRow& row : rows) {
    Check(writer.Add(row, out.text), "the sums of a test are small");
  }
  out.totals = writer.End(out.text);
  return out;
}

}  // namespace tanhui::reconciliation

#endif  // TANHUI_TESTS_SERVICES_RECONCILIATION_SAMPLE_DAY_H_
