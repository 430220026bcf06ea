// Writes a day file front to back.
#ifndef TANHUI_SERVICES_RECONCILIATION_DAY_WRITER_H_
#define TANHUI_SERVICES_RECONCILIATION_DAY_WRITER_H_

#include <string>
#include <string_view>

#include "ledger/merkle/running_hash.h"
#include "services/reconciliation/day_file.h"

namespace tanhui::reconciliation {

// Each call appends lines to `out`, which the caller may empty between the calls. Nothing but the
// running hash and sums is kept. One thread.
class DayWriter {
 public:
  DayWriter(DayTitle title, std::string& out);
  const DayTitle& title() const { return title_; }
  // In order of the index. False, and nothing is written, when the sums would be too large.
  [[nodiscard]] bool Add(const DayRow& row, std::string& out);
  // The last line; nothing may follow.
  DayTotals End(std::string& out);

 private:
  void Append(std::string_view line, std::string& out);

  DayTitle title_;
  DayTotals totals_;
  merkle::RunningSha256 hash_;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_DAY_WRITER_H_
