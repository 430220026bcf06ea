#include "services/cli/import/balances/balance_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/amount.h"
#include "ledger/core/lots.h"
#include "ledger/core/octets/hex_digit.h"
#include "ledger/merkle/hash.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kColumns[] = {"user",   "account", "expiry_month", "scheme",
                                         "funder", "points",  "grams"};
enum Column : std::size_t { kUser, kAccount, kExpiryMonth, kScheme, kFunder, kPoints, kGrams };

constexpr std::string_view kNeverText = "never";
constexpr std::string_view kAccounts = "accounts/";
constexpr std::size_t kMaxUser = 128;
constexpr std::size_t kMaxCodeText = 40;
constexpr std::int64_t kMostOfALot = 1'000'000'000'000;

bool IsCodeText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCodeText &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool IsAccountName(std::string_view text) {
  if (!text.starts_with(kAccounts) || text.size() != kAccounts.size() + 2 * AccountId::kSize) {
    return false;
  }
  text.remove_prefix(kAccounts.size());
  return std::all_of(text.begin(), text.end(), [](char c) { return HexValue(c) >= 0; });
}

std::optional<Month> MonthIn(std::string_view text) {
  return text == kNeverText ? std::optional(kNever) : ParseMonth(text);
}

// Digits alone; nullopt for anything else or anything larger than `most`.
std::optional<std::int64_t> NumberIn(std::string_view text, std::int64_t least, std::int64_t most) {
  const bool digits =
      !text.empty() && text.size() <= 18 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  std::int64_t number = 0;
  if (!digits || !absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &number) ||
      number < least || number > most) {
    return std::nullopt;
  }
  return number;
}

std::string Text(std::string_view text) { return std::string(text); }

// As one line tells it.
struct LotLine {
  Month expiry;
  std::string scheme;
  std::string funder;
  std::int64_t points = 0;
  std::int64_t grams = 0;
  auto Key() const { return std::tie(expiry, scheme, funder); }
};

}  // namespace

// One pass over the file.
class BalanceFile::Reader {
 public:
  Reader(BalanceFile* file, std::optional<Month> today) : file_(*file), today_(today) {}

  void Take(const CsvLine& line, std::size_t begin, std::size_t end) {
    line_ = line.number;
    if (const std::string_view fault = file_.columns_.FaultOf(line); !fault.empty()) {
      Problem(Text(fault));
      return;
    }
    const std::string_view user = Get(line, kUser);
    const std::string_view account = Get(line, kAccount);
    if (user.empty() == account.empty()) {
      Problem("either user or account is needed, and not both");
      return;
    }
    if (user.size() > kMaxUser) {
      Problem(absl::StrCat("the user is longer than ", kMaxUser, " bytes"));
      return;
    }
    if (!account.empty() && !IsAccountName(account)) {
      Problem("account is not accounts/{32 hexadecimal digits}");
      return;
    }
    std::string who = absl::StrCat(user.empty() ? "a" : "u", Text(user), Text(account));
    if (who != who_) {
      Begin(std::move(who), begin);
    }
    file_.balances_.back().end = end;
    TakeLot(line);
  }

 private:
  std::string_view Get(const CsvLine& line, Column column) const {
    return file_.columns_.Get(line, column);
  }
  void Problem(std::string text) { file_.Add(line_, std::move(text)); }

  // 128 bits of SHA-256 stand for whoever it is, as in LineSet.
  void Begin(std::string who, std::size_t begin) {
    using Digest = std::array<std::uint8_t, 16>;
    Digest digest{};
    const Hash256 hash = merkle::Sha256({who});
    std::copy_n(hash.bytes.begin(), digest.size(), digest.begin());
    const auto [first, is_new] = seen_.emplace(digest, line_);
    if (!is_new) {
      Problem(absl::StrCat("who it is stands at line ", first->second,
                           ", too: the lots of one account must be in adjacent lines"));
    }
    who_ = std::move(who);
    file_.balances_.push_back({line_, begin, begin});
    ++file_.totals_.accounts;
    last_.reset();
    lots_ = 0;
    points_ = 0;
  }

  void TakeLot(const CsvLine& line) {
    LotLine lot;
    const auto month = MonthIn(Get(line, kExpiryMonth));
    const auto points = NumberIn(Get(line, kPoints), 1, kMostOfALot);
    const auto grams = NumberIn(Get(line, kGrams), 0, kMostOfALot);
    lot.scheme = Text(Get(line, kScheme));
    lot.funder = Text(Get(line, kFunder));
    lot.expiry = month.value_or(kNever);
    bool sound = true;
    const auto want = [&](bool holds, std::string_view problem) {
      if (!holds) {
        Problem(Text(problem));
        sound = false;
      }
    };
    want(month.has_value(), "expiry_month is neither YYYY-MM nor never");
    want(IsCodeText(lot.scheme), "scheme is no code: 1 to 40 of a-z, 0-9, - and _");
    want(IsCodeText(lot.funder), "funder is no code: 1 to 40 of a-z, 0-9, - and _");
    want(points.has_value(), "points are no number from 1 to 10^12");
    want(grams.has_value(), "grams are no number from 0 to 10^12");
    want(!today_.has_value() || lot.expiry >= *today_, "the month has passed");
    if (!sound) {
      return;
    }
    want(!last_.has_value() || last_->Key() < lot.Key(),
         "lots of one account must be in order of expiry_month, scheme and funder, each once");
    lot.points = *points;
    lot.grams = *grams;
    Count(lot);
    last_ = std::move(lot);
  }

  void Count(const LotLine& lot) {
    ++file_.lots_;
    if (++lots_ == kMaxLots + 1) {
      Problem(absl::StrCat("more than ", kMaxLots, " lots of one account"));
    }
    const bool too_many = points_ > kMaxPostingAmount.units();
    points_ = std::min(points_ + lot.points, kMaxPostingAmount.units() + 1);
    if (!too_many && points_ > kMaxPostingAmount.units()) {
      Problem("more than 10^12 points of one account");
    }
    BalanceTotals& totals = file_.totals_;
    if (__builtin_add_overflow(totals.points, lot.points, &totals.points) ||
        __builtin_add_overflow(totals.grams, lot.grams, &totals.grams)) {
      Problem("the totals are too large");
      totals.points = totals.grams = 0;
    }
  }

  BalanceFile& file_;
  std::optional<Month> today_;
  absl::flat_hash_map<std::array<std::uint8_t, 16>, std::uint64_t> seen_;  // and its first line
  std::uint64_t line_ = 0;
  std::string who_;  // of the line before
  std::optional<LotLine> last_;
  std::size_t lots_ = 0;  // of the account
  std::int64_t points_ = 0;
};

void BalanceFile::Add(std::uint64_t line, std::string problem) {
  ++problem_count_;
  if (problems_.size() < kMostProblems) {
    problems_.push_back({line, std::move(problem)});
  }
}

absl::StatusOr<BalanceFile> BalanceFile::Read(std::string_view text, std::optional<Month> today,
                                              const ReadingProgress& progress) {
  CsvLines lines(text);
  const auto columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return columns.status();
  }
  BalanceFile file(text, *columns);
  Reader reader(&file, today);
  std::size_t begin = lines.position();
  std::uint64_t read = 0;
  while (const CsvLine* line = lines.Next()) {
    reader.Take(*line, begin, lines.position());
    begin = lines.position();
    if (++read % kLinesBetweenReports == 0 && !progress(begin)) {
      return absl::CancelledError();
    }
  }
  if (!text.ends_with('\n')) {
    file.Add(0, "the last line does not end: the file was cut");
  }
  if (file.balances_.empty() && file.problem_count_ == 0) {
    file.Add(0, "there are no balances in it");
  }
  file.sha256_ = merkle::Sha256({text});
  return file;
}

void BalanceFile::Compare(const BalanceTotals& want) {
  const auto compare = [this](std::string_view what, std::int64_t wanted, std::int64_t have) {
    if (wanted != have) {
      Add(0, absl::StrCat(Text(what), ": ", wanted, " are wanted, the file has ", have));
    }
  };
  compare("accounts", static_cast<std::int64_t>(want.accounts),
          static_cast<std::int64_t>(totals_.accounts));
  compare("points", want.points, totals_.points);
  compare("grams", want.grams, totals_.grams);
}

v1::StateBalanceRequest BalanceFile::RequestOf(const BalanceLines& lines) const {
  v1::StateBalanceRequest request;
  CsvLines part(text_.substr(lines.begin, lines.end - lines.begin));
  while (const CsvLine* line = part.Next()) {
    const auto get = [&](Column column) { return Text(columns_.Get(*line, column)); };
    request.set_platform_user_id(get(kUser));
    request.set_account(get(kAccount));
    v1::OpeningLot& lot = *request.add_lots();
    lot.set_expiry_month(get(kExpiryMonth));
    lot.set_scheme(absl::StrCat("schemes/", get(kScheme)));
    lot.set_funder(absl::StrCat("participants/", get(kFunder)));
    lot.set_points(NumberIn(get(kPoints), 1, kMostOfALot).value_or(0));
    lot.set_grams(NumberIn(get(kGrams), 0, kMostOfALot).value_or(0));
  }
  return request;
}

}  // namespace tanhui::cli
