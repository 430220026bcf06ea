#include "ledger/rules/codes/account_codes.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr std::string_view kPrefix = "ACCOUNT_KIND_";
constexpr std::size_t kMaxAccountCode = 40;  // bytes

Found WantAccountCode(std::string_view text, std::string_view path) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
  });
  return Want(plain && !text.empty() && text.size() <= kMaxAccountCode, path,
              "must be 1 to 40 of A-Z, a-z, 0-9, . and -");
}

Found CheckRow(const pb::AccountCodeRow& row) {
  return Collected({Want(AccountKindOf(row.account_kind()).has_value(), "account_kind",
                         "is not a kind of account, such as citizen, merchant or budget"),
                    Want(EntryKindOf(row.entry_kind()).has_value(), "entry_kind",
                         "is not a kind of entry, such as redemption; leave it empty for any"),
                    WantAccountCode(row.debit_code(), "debit_code"),
                    WantAccountCode(row.credit_code(), "credit_code"),
                    WantText(row.summary(), kMaxDisplayName, "summary")});
}

}  // namespace

Found CheckAccountCodes(const pb::AccountCodes& codes) {
  return Collected(
      {WantHeading(codes.code(), codes.version(), codes.first_date(), codes.display_name()),
       WantCode(codes.scheme(), "scheme"), Want(!codes.rows().empty(), "rows", "is missing"),
       Each("rows", codes.rows(), CheckRow),
       Unique("rows", codes.rows(), "entry_kind", [](const pb::AccountCodeRow& row) {
         return std::pair(std::string_view(row.account_kind()), std::string_view(row.entry_kind()));
       })});
}

std::optional<AccountKind> AccountKindOf(std::string_view name) {
  const absl::string_view text(name.data(), name.size());
  pb::AccountKind kind = pb::ACCOUNT_KIND_UNSPECIFIED;
  const std::string upper = absl::AsciiStrToUpper(text);
  if (absl::AsciiStrToLower(text) != text ||
      !pb::AccountKind_Parse(std::string(kPrefix) + upper, &kind) ||
      kind == pb::ACCOUNT_KIND_UNSPECIFIED) {
    return std::nullopt;
  }
  return static_cast<AccountKind>(kind);
}

std::string NameOf(AccountKind kind) {
  const std::string& name = pb::AccountKind_Name(static_cast<pb::AccountKind>(kind));
  return name.empty() ? name : absl::AsciiStrToLower(name.substr(kPrefix.size()));
}

std::optional<int> EntryKindOf(std::string_view name) {
  if (name.empty()) {
    return 0;
  }
  const auto* field = pb::Entry::descriptor()->FindFieldByName(std::string(name));
  return field == nullptr || field->containing_oneof() == nullptr ? std::nullopt
                                                                  : std::optional(field->number());
}

std::string NameOfEntryKind(int kind) {
  const auto* field = pb::Entry::descriptor()->FindFieldByNumber(kind);
  return field == nullptr || field->containing_oneof() == nullptr ? std::string() : field->name();
}

}  // namespace tanhui::rules
