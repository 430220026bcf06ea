// What a reader of a voucher file looks at before it takes anything from it.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_BOOKS_VOUCHER_FILE_H_
#define TANHUI_SERVICES_CLI_COMMANDS_BOOKS_VOUCHER_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::cli {

// What a sound voucher file says in sum. Amounts are decimal texts.
struct VoucherFacts {
  std::string scheme;
  std::string month;
  std::string codes;  // code and version of the table of account codes
  std::uint64_t closing = 0;
  std::uint64_t vouchers = 0;
  std::uint64_t lines = 0;
  std::string debits;
  std::string credits;
};

// Fails with what is wrong and where: a file cut short, with bytes after its end, of another
// format, changed after it was made, or with a voucher whose debits are not its credits.
absl::StatusOr<VoucherFacts> CheckVouchers(std::string_view text);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_BOOKS_VOUCHER_FILE_H_
