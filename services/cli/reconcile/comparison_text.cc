#include "services/cli/reconcile/comparison_text.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

using reconciliation::ComparisonTotals;
using reconciliation::DayFile;
using reconciliation::DiffClass;

std::string Count(std::uint64_t rows) { return Grouped(static_cast<std::int64_t>(rows)); }

nlohmann::ordered_json FactsOf(const DayFile& day) {
  return {{"participant", day.title.participant},
          {"scheme", day.title.scheme},
          {"date", FormatDate(day.title.day)},
          {"origin", day.title.origin}};
}

}  // namespace

std::string ComparisonText(const DayFile& day, const ComparisonTotals& totals,
                           const std::string& diff_file) {
  Table table({"class", ">rows", ">our points", ">their points", ">our fen", ">their fen"});
  for (std::size_t i = 0; i < reconciliation::kDiffClasses; ++i) {
    const auto& row = totals.classes[i];
    table.Add({std::string(reconciliation::NameOf(static_cast<DiffClass>(i))), Count(row.rows),
               Grouped(row.our_points), Grouped(row.their_points), Grouped(row.our_fen),
               Grouped(row.their_fen)});
  }
  std::string text = absl::StrCat(day.title.participant, ", ", day.title.scheme, ", ",
                                  FormatDate(day.title.day), "\n", table.Text());
  if (totals.AllMatched()) {
    return absl::StrCat(text, "matched\n");
  }
  absl::StrAppend(&text,
                  diff_file.empty() ? "not matched; --out FILE lists the differences\n"
                                    : "not matched; the differences are in ",
                  diff_file, diff_file.empty() ? "" : "\n");
  return text;
}

std::string ComparisonJson(const DayFile& day, const ComparisonTotals& totals,
                           const std::string& diff_file) {
  nlohmann::ordered_json out = FactsOf(day);
  out["matched"] = totals.AllMatched();
  for (std::size_t i = 0; i < reconciliation::kDiffClasses; ++i) {
    const auto& row = totals.classes[i];
    out["classes"][std::string(reconciliation::NameOf(static_cast<DiffClass>(i)))] = {
        {"rows", row.rows},
        {"our_points", row.our_points},
        {"their_points", row.their_points},
        {"our_fen", row.our_fen},
        {"their_fen", row.their_fen}};
  }
  if (!diff_file.empty()) {
    out["diff_file"] = diff_file;
  }
  return out.dump() + "\n";
}

std::string DaysText(const NamedDays& days) {
  Table table({"file", ">rows", ">points", ">fen"});
  for (const auto& [path, day] : days) {
    table.Add({path, Count(day.totals.rows), Grouped(day.totals.points), Grouped(day.totals.fen)});
  }
  return table.empty() ? "nobody has a row of that day\n" : table.Text();
}

std::string DaysJson(const NamedDays& days) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& [path, day] : days) {
    nlohmann::ordered_json file = FactsOf(day);
    file["file"] = path;
    file["rows"] = day.totals.rows;
    file["points"] = day.totals.points;
    file["fen"] = day.totals.fen;
    files.push_back(std::move(file));
  }
  const nlohmann::ordered_json out = {{"files", files}};
  return out.dump() + "\n";
}

}  // namespace tanhui::cli
