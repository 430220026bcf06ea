#include "services/cli/bulk/bulk_plan.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"

namespace tanhui::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "tanhui-bulk 1";
constexpr std::string_view kReverse = "reverse";
constexpr std::string_view kAdjust = "adjust";
// Of the plan's name in request ids: with entry numbers they stay below 64 bytes.
constexpr std::size_t kNameDigits = 16;
// Of one act; sums of any number of rows that a file can hold stay far from overflow.
constexpr std::int64_t kMostPoints = 1'000'000'000'000;

std::string HexOf(const Hash256& hash) {
  return absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size()));
}

std::string RowLine(BulkAction action, const BulkRow& row) {
  Json line;
  line["entry"] = row.entry;
  line["revision"] = row.revision;
  if (action == BulkAction::kReverse) {
    line["quantity"] = row.quantity;
  }
  line["before"] = row.before;
  line["after"] = row.after;
  return line.dump() + "\n";
}

std::string RowLines(const BulkPlan& plan) {
  std::string out;
  for (const BulkRow& row : plan.rows) {
    out += RowLine(plan.action, row);
  }
  return out;
}

// With an empty SHA-256 it is hashed together with the rows.
std::string HeadLine(const BulkPlan& plan, const std::string& sha256) {
  Json head;
  head["format"] = kFormat;
  head["origin"] = plan.origin;
  head["as_of_index"] = plan.as_of_index;
  head["what"] = plan.action == BulkAction::kReverse ? kReverse : kAdjust;
  head["reason"] = plan.reason;
  head["rows"] = plan.rows.size();
  head["points"] = PointsOf(plan);
  head["sha256"] = sha256;
  return head.dump() + "\n";
}

absl::Status Bad(std::uint64_t line, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, " ", std::string(problem),
                                                 "; make the plan again with tanhui bulk plan"));
}

// One line off the front, without its end; false when there is none.
bool TakeLine(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return false;
  }
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

template <typename Value>
Value At(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && (std::is_same_v<Value, std::string> ? found->is_string()
                                                                    : found->is_number_integer())
             ? found->get<Value>()
             : Value();
}

BulkRow ReadRow(const Json& json) {
  return {At<std::uint64_t>(json, "entry"), At<std::uint64_t>(json, "revision"),
          At<std::uint64_t>(json, "quantity"), At<std::int64_t>(json, "before"),
          At<std::int64_t>(json, "after")};
}

Json Parsed(std::string_view line) {
  return Json::parse(line, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::int64_t PointsOf(const BulkPlan& plan) {
  std::int64_t sum = 0;
  for (const BulkRow& row : plan.rows) {
    sum += row.after - row.before;
  }
  return sum;
}

Hash256 NameOf(const BulkPlan& plan) {
  return merkle::Sha256(absl::StrCat(HeadLine(plan, ""), RowLines(plan)));
}

std::string BulkRequestId(const Hash256& name, const BulkRow& row) {
  return absl::StrCat("bulk:", HexOf(name).substr(0, kNameDigits), ":", row.entry);
}

std::string FormatBulkPlan(const BulkPlan& plan) {
  return absl::StrCat(HeadLine(plan, HexOf(NameOf(plan))), RowLines(plan));
}

absl::StatusOr<BulkPlan> ParseBulkPlan(std::string_view text) {
  const std::string_view whole = text;
  std::string_view line;
  if (!TakeLine(text, line)) {
    return Bad(1, "is no plan of tanhui bulk");
  }
  const Json head = Parsed(line);
  if (!head.is_object() || At<std::string>(head, "format") != kFormat) {
    return Bad(1, absl::StrCat("does not begin a plan of the format ", std::string(kFormat)));
  }
  BulkPlan plan;
  plan.origin = At<std::string>(head, "origin");
  plan.as_of_index = At<std::uint64_t>(head, "as_of_index");
  plan.reason = At<std::string>(head, "reason");
  const std::string what = At<std::string>(head, "what");
  if (what != kReverse && what != kAdjust) {
    return Bad(1, "says neither reverse nor adjust");
  }
  plan.action = what == kReverse ? BulkAction::kReverse : BulkAction::kAdjust;
  for (std::uint64_t number = 2; TakeLine(text, line); ++number) {
    const Json json = Parsed(line);
    const BulkRow row = json.is_object() ? ReadRow(json) : BulkRow();
    if (row.entry == 0 || row.before < 0 || row.after < 0 || row.before > kMostPoints ||
        row.after > kMostPoints ||
        RowLine(plan.action, row) != absl::StrCat(std::string(line), "\n") ||
        (!plan.rows.empty() && plan.rows.back().entry >= row.entry)) {
      return Bad(number, "is no row of a plan, or out of order");
    }
    plan.rows.push_back(row);
  }
  if (!text.empty() || FormatBulkPlan(plan) != whole) {
    return Bad(1, "names another SHA-256 than that of the plan: the file was cut or changed");
  }
  return plan;
}

}  // namespace tanhui::cli
