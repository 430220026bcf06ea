#include "services/cli/commands/coupons/uses_file.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/screen/answer_text.h"

namespace tanhui::cli {
namespace {

constexpr const char* kColumns =
    "kind,entry,time,accounting_date,campaign,merchant,coupon,target,goods_fen,discount_fen,"
    "funded_fen,claim_fen,coupon_back,reason,request_id,reference\n";

// What spreadsheets take for the beginning of a formula.
constexpr std::string_view kFormula = "=+-@\t\r";

}  // namespace

std::string SafeField(std::string_view text) {
  const bool computed = !text.empty() && kFormula.find(text.front()) != std::string_view::npos;
  return QuotedField(computed ? absl::StrCat("'", std::string(text)) : std::string(text));
}

UsesFile::UsesFile(FileReplacement file) : file_(std::move(file)) { Append(kColumns); }

absl::StatusOr<UsesFile> UsesFile::Begin(const std::string& path) {
  absl::StatusOr<FileReplacement> file = FileReplacement::Begin(path);
  if (!file.ok()) {
    return file.status();
  }
  return UsesFile(*std::move(file));
}

void UsesFile::Append(const std::string& line) {
  hash_.Add(line);
  file_.Append(line);
}

void UsesFile::Add(const v1::CouponUse& use) {
  ++rows_;
  claim_fen_ += use.claim_fen();
  Append(absl::StrCat(StateText(v1::CouponUseKind_Name(use.kind()), "COUPON_USE_KIND_"), ",",
                      use.entry_index(), ",", TimeText(FromTimestamp(use.record_time())), ",",
                      use.accounting_date(), ",", SafeField(use.campaign()), ",",
                      SafeField(use.merchant()), ",", use.coupon(), ",",
                      use.target_index() == 0 ? "" : std::to_string(use.target_index()), ",",
                      absl::StrCat(use.goods_fen(), ",", use.discount_fen(), ",", use.funded_fen(),
                                   ",", use.claim_fen(), ","),
                      use.coupon_back() ? "yes" : "", ",", SafeField(use.reason()), ",",
                      SafeField(use.request_id()), ",", SafeField(use.reference()), "\n"));
}

absl::Status UsesFile::End() {
  const Hash256 hash = hash_.Finish();
  const std::string_view bytes = hash.view();
  file_.Append(absl::StrCat("#end,", rows_, ",", claim_fen_, ",",
                            absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size())),
                            "\n"));
  return file_.Commit();
}

}  // namespace tanhui::cli
