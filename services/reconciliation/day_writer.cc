#include "services/reconciliation/day_writer.h"

#include <utility>

namespace tanhui::reconciliation {

DayWriter::DayWriter(DayTitle title, std::string& out) : title_(std::move(title)) {
  Append(TitleLine(title_), out);
  Append(HeaderLine(), out);
}

void DayWriter::Append(std::string_view line, std::string& out) {
  const std::size_t begin = out.size();
  out.append(line).push_back('\n');
  hash_.Add(std::string_view(out).substr(begin));
}

bool DayWriter::Add(const DayRow& row, std::string& out) {
  if (!totals_.Count(row)) {
    return false;
  }
  Append(RowLine(row), out);
  return true;
}

DayTotals DayWriter::End(std::string& out) {
  totals_.sha256 = hash_.Finish();
  out.append(EndLine(totals_)).push_back('\n');
  return totals_;
}

}  // namespace tanhui::reconciliation
