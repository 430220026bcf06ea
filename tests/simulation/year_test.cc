// A year for 10,000 citizens: the audit passes, and the liability report is what a count of the log
// from its entries alone says.
#include "tests/simulation/year.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "ledger/points/liability.h"
#include "ledger/rules/codes/account_codes.h"
#include "tests/simulation/recount.h"

namespace tanhui::simulation {
namespace {

namespace pb = entry::v1;

Recount CountLog(const store::Store& store, std::uint64_t size) {
  Recount recount;
  const absl::Status status = store.ScanEntries(
      EntryIndex(0), size, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        EXPECT_TRUE(entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
        recount.Add(index.value(), entry);
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return recount;
}

points::Liability Report(const store::Store& store, AssetNo asset, const Terms& terms,
                         LedgerTime now) {
  points::Liability report(asset, terms, now);
  const absl::Status status = store.ScanAccounts([&](AccountNo, const Account& account) {
    report.Add(account);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return report;
}

// The log's postings and closings as two CSV files for a count that has nothing of ours.
void ExportBooks(const store::Store& store, std::uint64_t size, const std::string& directory) {
  std::map<std::uint64_t, std::string> kinds;
  EXPECT_TRUE(store
                  .ScanAccounts([&](AccountNo number, const Account& account) {
                    kinds[number.value()] = rules::NameOf(account.kind);
                    return absl::OkStatus();
                  })
                  .ok());
  std::ofstream postings(directory + "/postings.csv");
  std::ofstream closings(directory + "/closings.csv");
  const absl::Status status = store.ScanEntries(
      EntryIndex(0), size, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        EXPECT_TRUE(entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
        const std::string date = FormatDate(BusinessDate(entry.accounting_date()));
        for (const pb::Posting& posting : entry.postings()) {
          postings << index.value() << "," << date << "," << kinds.at(posting.account()) << ","
                   << posting.amount() << "\n";
        }
        const pb::PeriodClosing& closing = entry.period_closing();
        for (const pb::PeriodLine& line : closing.lines()) {
          closings << index.value() << ","
                   << FormatMonth(Month(static_cast<std::uint16_t>(closing.month()))) << ","
                   << rules::NameOf(static_cast<AccountKind>(line.kind())) << "," << line.opening()
                   << "," << line.debits() << "," << line.credits() << "," << line.closing()
                   << "\n";
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
}

TEST(Year, AddsUp) {
  Year year({});
  year.Live();
  for (const auto& [outcome, times] : year.tally()) {
    std::printf("%8d %s\n", times, outcome.c_str());
  }
  // Everything that the book can do was done.
  for (const char* kind :
       {"award",         "redemption",    "transfer",          "cancellation",
        "hold",          "capture",       "release",           "refund",
        "reversal",      "status_change", "closing",           "merge",
        "budget_return", "donation",      "household_opening", "household_change",
        "contribution",  "guardianship",  "period_closing",    "PERIOD_CLOSED"}) {
    EXPECT_TRUE(year.tally().contains(kind)) << kind;
  }
  sequencer::Town& town = year.town();
  EXPECT_EQ(town.Difference(), "");

  const Recount recount = CountLog(town.store(), town.Size());
  const points::Liability report =
      Report(town.store(), year.asset(), year.terms(), town.clock().Wall());
  EXPECT_TRUE(report.Balanced());
  EXPECT_EQ(report.available().units(), recount.Free());
  EXPECT_EQ(report.held().units(), recount.Held());
  EXPECT_EQ(report.debt().units(), recount.Debt());
  EXPECT_EQ(report.expired().units(), 0);
  std::map<std::pair<std::uint32_t, std::uint32_t>, Recount::Row> rows;
  for (const auto& [key, row] : report.rows()) {
    rows[{key.expiry.value(), key.funder.value()}] = {row.free.units(), row.held.units(),
                                                      row.grams};
  }
  EXPECT_EQ(rows, recount.Rows());
  for (const auto& [kind, counted] : {std::pair(AccountKind::kIssuance, pb::ACCOUNT_KIND_ISSUANCE),
                                      std::pair(AccountKind::kBudget, pb::ACCOUNT_KIND_BUDGET),
                                      std::pair(AccountKind::kMerchant, pb::ACCOUNT_KIND_MERCHANT),
                                      std::pair(AccountKind::kExpiry, pb::ACCOUNT_KIND_EXPIRY),
                                      std::pair(AccountKind::kCharity, pb::ACCOUNT_KIND_CHARITY)}) {
    EXPECT_EQ(report.total(kind).units(), recount.Total(counted)) << static_cast<int>(kind);
  }
  EXPECT_GT(report.total(AccountKind::kExpiry).units(), 0) << "something expired";
  EXPECT_GT(recount.Debt(), 0) << "somebody owes";

  const ScratchDirectory books;
  ExportBooks(town.store(), town.Size(), books / "");
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  EXPECT_EQ(std::system(absl::StrCat("python3 ", source == nullptr ? "." : source,
                                     "/tests/simulation/closings_recount.py ", books / "")
                            .c_str()),
            0);
}

}  // namespace
}  // namespace tanhui::simulation
