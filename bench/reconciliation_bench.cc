// A metro's day: makes its day file, writes its own books in another order, and compares the two.
// Prints one line of JSON; exits with 1 when more memory was resident than --most-mib allows.
// TMPDIR says on which disk.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/core/request_id.h"
#include "services/cli/reconcile/own_file.h"
#include "services/reconciliation/day_making.h"
#include "services/reconciliation/day_reader.h"
#include "services/reconciliation/day_writer.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::bench {
namespace {

using namespace reconciliation;

constexpr std::uint64_t kFirst = 1'000;
constexpr std::uint64_t kBudget = 10;
constexpr std::uint64_t kCitizens = 100'000;
constexpr std::uint32_t kMetro = 2;
// One ride of so many is taken back within the day, and one row of so many differs.
constexpr std::uint64_t kRefundEvery = 100;
constexpr std::uint64_t kDifferEvery = 10'000;

std::shared_ptr<const Registry> MetroRegistry() {
  auto out = std::make_shared<Registry>();
  out->Add(Scheme{SchemeNo(1), "cq", "", 0});
  out->Add(Participant{ParticipantNo(1), "operator", "", ParticipantKind::kOperator});
  out->Add(Participant{ParticipantNo(kMetro), "metro", "", ParticipantKind::kPlatform});
  out->Add(
      Asset{AssetNo(1), "points", "", SchemeNo(1), AccountNo(1), Amount(1'000), {}, AccountNo(2)});
  out->Add(Budget{AccountNo(kBudget), "demo", "", ParticipantNo(1), AssetNo(1), {}, {}, 0});
  return out;
}

bool IsReversal(std::uint64_t ride) { return ride % kRefundEvery == kRefundEvery - 1; }

// As UUIDs are, without any order.
std::string IdOf(std::uint64_t ride) {
  std::uint64_t mixed = ride * 0x9E37'79B9'7F4A'7C15U;
  mixed ^= mixed >> 29;
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-7%03x-8%03x-%012llx",
                static_cast<unsigned>(mixed >> 32), static_cast<unsigned>(mixed >> 16 & 0xffff),
                static_cast<unsigned>(mixed >> 4 & 0xfff), static_cast<unsigned>(mixed & 0xfff),
                static_cast<unsigned long long>(ride));
  return text;
}

Entry EntryOf(std::uint64_t ride) {
  Entry entry;
  entry.set_caller(kMetro);
  entry.set_request_id(std::string(RequestId::FromText(IdOf(ride))->stored()));
  const std::int64_t points = IsReversal(ride) ? -2 : 2;
  if (IsReversal(ride)) {
    entry.mutable_reversal()->set_target(kFirst + ride - 1);
    entry.mutable_reversal()->set_points(2);
    entry.mutable_reversal()->set_made_by(kMetro);
  } else {
    entry.mutable_award()->set_points(2);
  }
  for (const auto& [account, amount] :
       {std::pair(kBudget, -points), std::pair(100 + ride % kCitizens, points)}) {
    entry.add_postings()->set_account(account);
    entry.mutable_postings(entry.postings_size() - 1)->set_amount(amount);
  }
  return entry;
}

class MetroLog final : public DayLog {
 public:
  absl::StatusOr<Entry> ReadEntry(EntryIndex index) const override {
    return EntryOf(index.value() - kFirst);
  }
  absl::StatusOr<std::string> ReadReference(EntryIndex) const override { return std::string(); }
  absl::StatusOr<AssetNo> ReadAssetOf(AccountNo) const override { return AssetNo(1); }
};

class TextFile {
 public:
  explicit TextFile(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    Check(file_ != nullptr, "a file can be written");
  }
  ~TextFile() { std::fclose(file_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  void Write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), file_); }

 private:
  std::FILE* file_;
};

template <typename Result>
Result Must(absl::StatusOr<Result> result) {
  Check(result.ok(), std::string(result.status().message()));
  return *std::move(result);
}

void MakeDayFile(std::uint64_t rows, const std::string& path) {
  const MetroLog log;
  const auto maker = Must(DayMaker::Create(
      log, MetroRegistry(), {SchemeNo(1), ParticipantNo(kMetro), EntryIndex(kFirst)}));
  for (std::uint64_t ride = 0; ride < rows; ++ride) {
    Check(maker->Add(EntryIndex(kFirst + ride), EntryOf(ride)).ok(), "an entry is added");
  }
  while (!Must(maker->Prepare(100'000))) {
  }
  TextFile file(path);
  std::string text;
  DayWriter writer(
      {"metro", "cq", *ParseDay("2027-01-05"), "tanhui.example/bench", kFirst, kFirst + rows, 0},
      text);
  while (const MadeRow* row = Must(maker->Next())) {
    Check(writer.Add(row->row, text), "sums are small");
    if (text.size() > (std::size_t{1} << 20)) {
      file.Write(text);
      text.clear();
    }
  }
  writer.End(text);
  file.Write(text);
}

void WriteOwnBooks(std::uint64_t rows, const std::string& path) {
  TextFile file(path);
  file.Write("request_id,points,fen,state,reference\n");
  // A step that has no factor with the number of rows visits each once, in leaps.
  const std::uint64_t step = rows % 7'919 == 0 ? 7'907 : 7'919;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::uint64_t ride = i * step % rows;
    const bool undone = !IsReversal(ride) && ride + 1 < rows && IsReversal(ride + 1);
    const int points = (IsReversal(ride) ? -2 : 2) + (ride % kDifferEvery == 0 ? 1 : 0);
    file.Write(absl::StrCat(IdOf(ride), ",", points, ",0,", undone ? "undone" : "done", ",gate ",
                            ride % 1'000, "\n"));
  }
}

ComparisonTotals CompareBoth(const std::string& theirs, const std::string& mine) {
  Comparison comparison(mine);
  Must(ReadDayFile(theirs, {}, [&](const DayRow& row) { return comparison.AddTheirs(row); }));
  Check(cli::ReadOwnFile(mine, [&](const OwnRow& row) { return comparison.AddOurs(row); }).ok(),
        "own books are read");
  return Must(comparison.Compare({*ParseDay("2027-01-05"), 0, 10},
                                 [](const Difference&) { return absl::OkStatus(); }));
}

std::int64_t PeakMib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int Run(std::uint64_t rows, std::int64_t most_mib) {
  const ScratchDirectory scratch;
  const std::string theirs = scratch / "theirs.csv";
  const std::string mine = scratch / "mine.csv";
  nlohmann::ordered_json out = {{"rows", rows}};
  const auto step = [&out](const std::string& name, const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    out[name] = {{"seconds", took.count()}, {"peak_mib", PeakMib()}};
  };
  ComparisonTotals totals;
  step("make", [&] { MakeDayFile(rows, theirs); });
  step("own", [&] { WriteOwnBooks(rows, mine); });
  step("compare", [&] { totals = CompareBoth(theirs, mine); });
  out["theirs_mib"] = std::filesystem::file_size(theirs) >> 20;
  out["mine_mib"] = std::filesystem::file_size(mine) >> 20;
  out["matched"] = totals.of(DiffClass::kMatched).rows;
  out["amount"] = totals.of(DiffClass::kAmount).rows;
  std::printf("%s\n", out.dump().c_str());
  const std::uint64_t differ = (rows + kDifferEvery - 1) / kDifferEvery;
  const bool right = totals.of(DiffClass::kAmount).rows == differ &&
                     totals.of(DiffClass::kMatched).rows == rows - differ;
  return right && PeakMib() <= most_mib ? 0 : 1;
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("Compares a day file with a participant's own books");
  std::uint64_t rows = 3'000'000;
  std::int64_t most_mib = 256;
  app.add_option("--rows", rows, "Lines of each file")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  app.add_option("--most-mib", most_mib, "The most memory that may be resident")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return tanhui::bench::Run(rows, most_mib);
}
