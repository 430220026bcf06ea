#include "services/rpc/services/books/trial_balance.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/calendar.h"
#include "ledger/rules/codes/account_codes.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

using Call = CallPointer<v1::GetTrialBalanceRequest, v1::GetTrialBalanceResponse>;

// What a reading may wait for the registry, which follows each commit at once.
constexpr std::chrono::milliseconds kCatchUp{1'000};
constexpr int kTries = 10;

std::string AssetName(const Registry& registry, AssetNo asset) {
  const Asset* found = registry.Find(asset);
  return found == nullptr ? std::string() : "assets/" + found->code;
}

absl::Status FillTotals(const Registry& registry, const std::vector<periods::Line>& lines,
                        v1::GetTrialBalanceResponse& out) {
  struct Sums {
    absl::uint128 debits = 0;
    absl::uint128 credits = 0;
  };
  std::map<AssetNo, Sums> sums;
  for (const periods::Line& line : lines) {
    FillLine(registry, line, *out.add_lines());
    Sums& sum = sums[line.asset];
    sum.debits += line.debits;
    sum.credits += line.credits;
  }
  for (const auto& [asset, sum] : sums) {
    v1::TrialBalanceTotal& total = *out.add_totals();
    total.set_asset(AssetName(registry, asset));
    total.set_debits(periods::DecimalOf(sum.debits));
    total.set_credits(periods::DecimalOf(sum.credits));
  }
  return periods::Balanced(lines)
             ? absl::OkStatus()
             : absl::DataLossError("the trial balance's debits are not its credits");
}

}  // namespace

absl::StatusOr<OpenMonths> ReadOpenMonths(const Context& context, SchemeNo scheme) {
  for (int i = 0; i < kTries; ++i) {
    auto read = context.engine.store().ReadPeriods();
    if (!read.ok()) {
      return read.status();
    }
    if (read->size == 0 || context.engine.AwaitGrowth(read->size - 1, kCatchUp) < read->size) {
      continue;
    }
    OpenMonths open{{}, read->size, context.engine.registry()};
    const periods::ClosedMonths* closed = periods::CalendarOf(*open.registry).Find(scheme);
    if (closed != nullptr && closed->closings.back().value() >= read->size) {
      continue;  // it was closed after the sums were read
    }
    for (auto& [key, sums] : read->rows) {
      open.rows.push_back({key, sums, false});
    }
    return open;
  }
  return absl::UnavailableError("months are being closed; ask again");
}

Month ReadMonth(Draft& draft, const std::string& text) {
  const auto month = ParseMonth(text);
  if (!month.has_value()) {
    draft.Refuse(text.empty()
                     ? Refusal(Reason::kFieldRequired, "month")
                     : Refusal(Reason::kFieldInvalid, "month").With("expected", "YYYY-MM"));
  }
  return month.value_or(Month(0));
}

void FillLine(const Registry& registry, const periods::Line& line, v1::TrialBalanceLine& out) {
  out.set_asset(AssetName(registry, line.asset));
  out.set_account_kind(rules::NameOf(line.kind));
  out.set_opening(periods::DecimalOf(line.opening));
  out.set_debits(periods::DecimalOf(line.debits));
  out.set_credits(periods::DecimalOf(line.credits));
  out.set_closing(periods::DecimalOf(line.closing()));
}

absl::StatusOr<std::vector<periods::Line>> LinesOf(const entry::v1::PeriodClosing& closing) {
  std::vector<periods::Line> lines;
  for (const entry::v1::PeriodLine& row : closing.lines()) {
    const auto line = periods::ReadLine(row);
    if (!line.has_value()) {
      return absl::DataLossError("a line of a closing cannot be read");
    }
    lines.push_back(*line);
  }
  return lines;
}

void ReportTrialBalance(const Context& context, Call call) {
  Draft reader(context, call->caller(), context.engine.registry());
  const Scheme* scheme = reader.ReadScheme(call->request().scheme(), "scheme");
  const Month month = ReadMonth(reader, call->request().month());
  if (reader.refusal().has_value()) {
    call->Refuse(*reader.refusal());
    return;
  }
  const auto open = ReadOpenMonths(context, scheme->number);
  if (!open.ok()) {
    call->Fail(open.status());
    return;
  }
  v1::GetTrialBalanceResponse& out = call->response();
  const periods::Calendar& calendar = periods::CalendarOf(*open->registry);
  std::vector<periods::Line> lines;
  if (const auto index = calendar.ClosingOf(scheme->number, month)) {
    const auto entry = ReadEntry(context, *index);
    auto read = entry.ok() ? LinesOf(entry->period_closing()) : entry.status();
    if (!read.ok()) {
      call->Fail(read.status());
      return;
    }
    lines = *std::move(read);
    out.set_closed(true);
    out.set_closing_index(index->value());
    out.set_as_of_index(entry->period_closing().last_index());
  } else {
    // Before the first month of all, nothing was posted and nothing is open.
    out.set_closed(calendar.IsClosed(scheme->number, month));
    if (!out.closed()) {
      lines = periods::LinesOf(*open->registry, open->rows, scheme->number, month);
    }
    out.set_as_of_index(open->size - 1);
  }
  const absl::Status filled = FillTotals(*open->registry, lines, out);
  filled.ok() ? call->Finish() : call->Fail(filled);
}

}  // namespace tanhui::rpc
