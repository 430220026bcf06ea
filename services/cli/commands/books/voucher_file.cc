#include "services/cli/commands/books/voucher_file.h"

#include <map>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/merkle/hash.h"
#include "ledger/periods/trial_balance.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

constexpr absl::string_view kFormat = "#tanhui-voucher 1";
constexpr absl::string_view kColumns =
    "voucher,date,asset,entry_kind,summary,account_code,debit,credit,entries";
constexpr absl::string_view kEnd = "#end,";
constexpr std::size_t kHeadFields = 5;
constexpr std::size_t kLineFields = 9;
constexpr std::size_t kDebitField = 6;
constexpr std::size_t kCreditField = 7;
constexpr std::size_t kEndFields = 5;

struct Sums {
  absl::uint128 debits = 0;
  absl::uint128 credits = 0;
};

absl::Status Wrong(std::size_t line, absl::string_view problem) {
  return absl::DataLossError(absl::StrCat("line ", line, ": ", problem));
}

absl::Status ReadHead(absl::string_view line, VoucherFacts& facts) {
  const std::vector<std::string> fields = absl::StrSplit(line, ',');
  absl::string_view codes = fields.size() == kHeadFields ? fields[3] : "";
  absl::string_view closing = fields.size() == kHeadFields ? fields[4] : "";
  if (fields.front() != kFormat) {
    return Wrong(1, "is not the first line of a voucher file of format 1");
  }
  if (!absl::ConsumePrefix(&codes, "account_codes ") ||
      !absl::ConsumePrefix(&closing, "closing ") || !absl::SimpleAtoi(closing, &facts.closing)) {
    return Wrong(1, "does not say its scheme, month, account codes and closing");
  }
  facts.scheme = fields[1];
  facts.month = fields[2];
  facts.codes = std::string(codes);
  return absl::OkStatus();
}

absl::Status AddLine(std::size_t number, absl::string_view line, Sums& all,
                     std::map<std::string, Sums>& vouchers) {
  CsvLines reader({line.data(), line.size()});
  const CsvLine* row = reader.Next();
  const auto amount = [row](std::size_t field, absl::uint128* out) {
    const std::string_view text = row->fields[field];
    return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), out);
  };
  absl::uint128 debit = 0;
  absl::uint128 credit = 0;
  if (row == nullptr || !row->fault.empty() || row->fields.size() != kLineFields ||
      !amount(kDebitField, &debit) || !amount(kCreditField, &credit)) {
    return Wrong(number, "is not a line of a voucher");
  }
  Sums& voucher = vouchers[std::string(row->fields.front())];
  voucher.debits += debit;
  voucher.credits += credit;
  all.debits += debit;
  all.credits += credit;
  return absl::OkStatus();
}

// The last line, against what was counted; `hashed` is all before it.
absl::Status CheckEnd(std::size_t number, absl::string_view line, absl::string_view hashed,
                      const VoucherFacts& facts) {
  const std::vector<std::string> fields = absl::StrSplit(line, ',');
  if (fields.size() != kEndFields) {
    return Wrong(number, "is not the end of a voucher file: the file was cut short");
  }
  const Hash256 hash = merkle::Sha256(std::string_view(hashed.data(), hashed.size()));
  const std::string_view bytes = hash.view();
  if (fields[4] != absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()))) {
    return Wrong(number, "has another hash than the file: something in it was changed");
  }
  if (fields[1] != absl::StrCat(facts.lines) || fields[2] != facts.debits ||
      fields[3] != facts.credits) {
    return Wrong(number, "counts other lines, debits or credits than the file has");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<VoucherFacts> CheckVouchers(std::string_view text) {
  const absl::string_view all(text.data(), text.size());
  if (all.empty() || all.back() != '\n') {
    return absl::DataLossError("the file does not end with a whole line: it was cut short");
  }
  const std::vector<absl::string_view> lines = absl::StrSplit(all.substr(0, all.size() - 1), '\n');
  VoucherFacts facts;
  if (absl::Status head = ReadHead(lines.front(), facts); !head.ok()) {
    return head;
  }
  if (lines.size() < 3 || lines[1] != kColumns) {
    return Wrong(2, "does not name the columns of format 1");
  }
  Sums sums;
  std::map<std::string, Sums> vouchers;
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    if (absl::StartsWith(lines[i], kEnd)) {
      return Wrong(i + 1, "ends the file, and more comes after it");
    }
    if (absl::Status added = AddLine(i + 1, lines[i], sums, vouchers); !added.ok()) {
      return added;
    }
  }
  facts.vouchers = vouchers.size();
  facts.lines = lines.size() - 3;
  facts.debits = periods::DecimalOf(sums.debits);
  facts.credits = periods::DecimalOf(sums.credits);
  const absl::string_view end = lines.back();
  if (!absl::StartsWith(end, kEnd)) {
    return Wrong(lines.size(), "is not the end of a voucher file: the file was cut short");
  }
  if (absl::Status ends =
          CheckEnd(lines.size(), end, all.substr(0, all.size() - end.size() - 1), facts);
      !ends.ok()) {
    return ends;
  }
  for (const auto& [name, voucher] : vouchers) {
    if (voucher.debits != voucher.credits) {
      return absl::DataLossError(absl::StrCat("voucher ", name, " does not balance: debits ",
                                              periods::DecimalOf(voucher.debits), ", credits ",
                                              periods::DecimalOf(voucher.credits)));
    }
  }
  return facts;
}

}  // namespace tanhui::cli
