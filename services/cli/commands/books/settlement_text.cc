#include "services/cli/commands/books/settlement_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kStatePrefix = "LINE_STATE_";

// participants/shop/units/s12/t3 as shop/s12/t3.
std::string PlaceText(std::string name) {
  for (const std::string_view part : {"participants/", "units/"}) {
    if (const std::size_t at = name.find(part); at != std::string::npos) {
      name.erase(at, part.size());
    }
  }
  return name;
}

std::string LimitText(std::int64_t points) { return points == 0 ? "" : Grouped(points); }

std::string StateOf(const v1::MerchantUnit& unit) { return unit.suspended() ? "suspended" : ""; }

void AddUnit(const v1::MerchantUnit& unit, std::string place, Table* table) {
  table->Add({std::move(place), unit.display_name(), unit.district(), Grouped(unit.balance()),
              StateOf(unit), LimitText(unit.most_points()), LimitText(unit.most_points_a_day()),
              unit.most_points_a_day() == 0 ? "" : Grouped(unit.points_today())});
}

Table UnitTable() {
  return Table({"unit", "name", "district", ">points", "state", ">most", ">most a day", ">today"});
}

std::string RowKindText(v1::StatementRowKind kind) {
  switch (kind) {
    case v1::STATEMENT_ROW_KIND_TAKEN:
      return "taken";
    case v1::STATEMENT_ROW_KIND_GIVEN_BACK:
      return "given back";
    case v1::STATEMENT_ROW_KIND_RETURNED:
      return "line returned";
    case v1::STATEMENT_ROW_KIND_COUPON_USED:
      return "coupons";
    case v1::STATEMENT_ROW_KIND_COUPON_BACK:
      return "coupons back";
    default:
      return "";
  }
}

std::string PriceText(std::int64_t fen, std::int64_t per_points) {
  return per_points == 0 ? "" : absl::StrCat(Grouped(fen), "/", Grouped(per_points));
}

}  // namespace

std::string YuanText(std::int64_t fen) {
  const bool below = fen < 0;
  // The last two digits apart, also of the smallest number.
  const std::int64_t cents = below ? -(fen % 100) : fen % 100;
  const std::int64_t yuan = below ? -(fen / 100) : fen / 100;
  return absl::StrCat(below ? "-" : "", Grouped(yuan), ".", cents < 10 ? "0" : "", cents);
}

std::string LineStateText(v1::LineState state) {
  const std::string& name = v1::LineState_Name(state);
  return name.empty() ? "" : absl::AsciiStrToLower(name.substr(kStatePrefix.size()));
}

v1::LineState LineStateNamed(std::string_view name) {
  v1::LineState state = v1::LINE_STATE_UNSPECIFIED;
  (void)v1::LineState_Parse(
      absl::StrCat(std::string(kStatePrefix), absl::AsciiStrToUpper(std::string(name))), &state);
  return state;
}

std::string TreeText(const v1::GetUnitResponse& answer) {
  Table table = UnitTable();
  AddUnit(answer.unit(), PlaceText(answer.unit().name()), &table);
  const int root = static_cast<int>(answer.unit().level());
  for (const v1::MerchantUnit& unit : answer.below()) {
    const int depth = static_cast<int>(unit.level()) - root;
    const auto indent = static_cast<std::size_t>(std::max(depth, 0) * 2);
    AddUnit(unit, std::string(indent, ' ') + LastPart(unit.name()), &table);
  }
  std::string text = table.Text();
  if (answer.below_size() > 0) {
    absl::StrAppend(&text, "in all ", Grouped(answer.total_balance()), " points in ",
                    answer.below_size() + 1, " places\n");
  }
  return absl::StrCat(text, "as of entry ", answer.as_of_index(), "\n");
}

std::string UnitsText(const v1::ListUnitsResponse& page) {
  Table table = UnitTable();
  for (const v1::MerchantUnit& unit : page.units()) {
    AddUnit(unit, PlaceText(unit.name()), &table);
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

std::string PricesText(const v1::ListPricesResponse& page) {
  Table table({">price", "asset", "money", "merchant", "from", ">fen", ">per points", "reason"});
  for (const v1::Price& price : page.prices()) {
    table.Add({LastPart(price.name()), LastPart(price.asset()), LastPart(price.money()),
               price.merchant().empty() ? "all" : LastPart(price.merchant()), price.first_date(),
               Grouped(price.fen()), Grouped(price.per_points()), price.reason()});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

std::string ClaimsText(const google::protobuf::RepeatedPtrField<v1::Claim>& claims) {
  Table table({"merchant", ">claimed", ">of today", ">to settle"});
  for (const v1::Claim& claim : claims) {
    table.Add({LastPart(claim.merchant()), YuanText(claim.balance()), YuanText(claim.today()),
               YuanText(claim.to_settle())});
  }
  return table.empty() ? "none\n" : table.Text();
}

std::string RunsText(const v1::ListRunsResponse& page) {
  Table table({">run", "money", "to the end of", "lines"});
  for (const v1::Run& run : page.runs()) {
    table.Add({LastPart(run.name()), LastPart(run.money()), run.until_date(),
               run.taking_lines() ? "can be added today" : "all added"});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

std::string RunText(const v1::GetRunResponse& answer) {
  const v1::Run& run = answer.run();
  Table table({"lines", ">number", ">yuan"});
  std::int64_t lines = 0;
  std::int64_t fen = 0;
  for (const v1::LineTotal& total : answer.totals()) {
    table.Add({LineStateText(total.state()), Grouped(total.lines()), YuanText(total.fen())});
    lines += total.lines();
    fen += total.fen();
  }
  table.Add({"in all", Grouped(lines), YuanText(fen)});
  return absl::StrCat(run.name(), ", ", run.money(), ", to the end of ", run.until_date(),
                      run.taking_lines() ? "; lines can be added today\n" : "\n", table.Text(),
                      "as of entry ", answer.as_of_index(), "\n");
}

std::string LinesText(const v1::ListLinesResponse& page) {
  Table table({"line", "merchant", ">yuan", "state", "added"});
  for (const v1::Line& line : page.lines()) {
    table.Add({line.name(), LastPart(line.merchant()), YuanText(line.fen()),
               LineStateText(line.state()), TimeText(FromTimestamp(line.record_time()))});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

std::string StatementText(const v1::GetStatementResponse& statement) {
  Table table({"what", "day", "unit", ">for", ">entries", ">points", ">yuan"});
  std::int64_t fen = 0;
  for (const v1::StatementRow& row : statement.rows()) {
    table.Add({RowKindText(row.kind()), row.ledger_date(), PlaceText(row.unit()),
               row.campaign().empty() ? PriceText(row.price_fen(), row.price_per_points())
                                      : LastPart(row.campaign()),
               Grouped(row.entries()), Grouped(row.points()), YuanText(row.fen())});
    fen += row.fen();
  }
  const v1::Line& line = statement.line();
  const bool whole = statement.next_page_token().empty() && fen == line.fen();
  if (whole) {
    table.Add({"in all", "", "", "", Grouped(statement.entries()), Grouped(statement.points()),
               YuanText(fen)});
  }
  return absl::StrCat(line.name(), ", ", LastPart(line.merchant()), ", ",
                      LineStateText(line.state()), ": ", YuanText(line.fen()), " yuan from ",
                      statement.first_date(), " to ", statement.last_date(), "\n", table.Text(),
                      NextPage(statement.next_page_token()));
}

}  // namespace tanhui::cli
