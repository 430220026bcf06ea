// The settlement file of coupons: a row for each use, refund, review, cancellation and revocation.
//
//   kind,entry,time,accounting_date,campaign,merchant,coupon,target,goods_fen,discount_fen,
//     funded_fen,claim_fen,coupon_back,reason,request_id,reference      (one line)
//   …
//   #end,rows,claim_fen,sha256
//
// No cell begins with = + - or @ but whole numbers, so that no spreadsheet takes one for a formula:
// names are full names, texts of callers begin with a ' where they otherwise would. The last line
// has how many rows there are, the sum of their claim_fen, and SHA-256 of all bytes before it.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_USES_FILE_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_USES_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ledger/merkle/running_hash.h"
#include "services/cli/client/whole_file.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::cli {

// One field, always quoted; what a spreadsheet would compute begins with a ' then.
std::string SafeField(std::string_view text);

class UsesFile {
 public:
  static absl::StatusOr<UsesFile> Begin(const std::string& path);

  void Add(const v1::CouponUse& use);
  // Writes the last line and makes the file durable; without it nothing stays.
  absl::Status End();

  std::uint64_t rows() const { return rows_; }
  std::int64_t claim_fen() const { return claim_fen_; }

 private:
  explicit UsesFile(FileReplacement file);
  void Append(const std::string& line);

  FileReplacement file_;
  merkle::RunningSha256 hash_;
  std::uint64_t rows_ = 0;
  std::int64_t claim_fen_ = 0;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_USES_FILE_H_
