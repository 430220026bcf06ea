// Walks over column families.
#include <algorithm>
#include <memory>

#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

constexpr std::uint64_t kAccountsPerStep = 1'024;

// `visit` is kept by reference.
auto AccountVisitor(const std::function<absl::Status(AccountNo, const Account&)>& visit) {
  return [&visit](std::string_view key, std::string_view value) {
    const auto number = DecodeAccountNo(key);
    const auto account = DecodeAccount(value);
    return number && account ? visit(*number, *account) : Undecodable("account");
  };
}

}  // namespace

absl::Status Store::ScanAccounts(
    const std::function<absl::Status(AccountNo, const Account&)>& visit) const {
  return impl_->Scan(kAccounts, AccountVisitor(visit));
}

absl::StatusOr<std::optional<AccountNo>> Store::ScanAccountsFrom(
    AccountNo first, std::size_t max_rows,
    const std::function<bool(AccountNo, const Account&)>& visit) const {
  const auto head = impl_->delta->head();
  const std::uint64_t end = head.has_value() ? head->head.next_account.value() : 0;
  std::size_t rows = 0;
  bool more = true;
  // Numbers are dense: whoever asks for them in order sees every account.
  for (std::uint64_t next = first.value(); next < end;) {
    std::vector<AccountNo> numbers;
    const std::uint64_t count = std::min<std::uint64_t>(end - next, max_rows - rows + 1);
    for (std::uint64_t i = 0; i < std::min(count, kAccountsPerStep); ++i) {
      numbers.emplace_back(next++);
    }
    const auto accounts = ReadAccounts(numbers);
    if (!accounts.ok()) {
      return accounts.status();
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto& account = (*accounts)[i];
      if (account.has_value() && (!more || rows == max_rows)) {
        return numbers[i];
      }
      if (account.has_value()) {
        more = visit(numbers[i], *account);
        ++rows;
      }
    }
  }
  return std::nullopt;
}

absl::StatusOr<StoredHead> Store::ScanAccountsAsOf(
    const std::function<absl::Status(AccountNo, const Account&)>& visit) const {
  if (!impl_->delta->head().has_value()) {
    return absl::FailedPreconditionError("nothing was ever committed");
  }
  std::optional<StoredHead> head;
  absl::Status status = impl_->Scan(kAccounts, AccountVisitor(visit), &head);
  return status.ok() ? absl::StatusOr<StoredHead>(*head) : status;
}

absl::Status Store::ScanRequests(
    const std::function<absl::Status(const RequestKey&, const RequestRecord&)>& visit) const {
  return impl_->Scan(kRequests, [&visit](std::string_view key, std::string_view value) {
    const auto request = DecodeRequestKey(key);
    const auto record = DecodeRequest(value);
    return request && record ? visit(*request, *record) : Undecodable("request");
  });
}

absl::Status Store::ScanUndone(
    const std::function<absl::Status(EntryIndex, const Undone&)>& visit) const {
  return impl_->Scan(kUndone, [&visit](std::string_view key, std::string_view value) {
    const auto entry = DecodeU64(key);
    const auto undone = DecodeUndone(value);
    return entry && undone ? visit(EntryIndex(*entry), *undone)
                           : Undecodable("record of what was undone");
  });
}

absl::Status Store::ScanHistory(const std::function<absl::Status(const HistoryRow&)>& visit) const {
  return impl_->Scan(kHistory, [&visit](std::string_view key, std::string_view) {
    const auto row = DecodeHistoryKey(key);
    return row ? visit(*row) : Undecodable("row of a history");
  });
}

absl::Status Store::ScanAccountIds(
    const std::function<absl::Status(const AccountId&, AccountNo)>& visit) const {
  return impl_->Scan(kAccountIds, [&visit](std::string_view key, std::string_view value) {
    const auto number = DecodeAccountNo(value);
    return number && key.size() == AccountId::kSize ? visit(AccountId::FromView(key), *number)
                                                    : Undecodable("account id");
  });
}

absl::Status Store::ScanTiles(
    const std::function<absl::Status(merkle::TileId, std::string_view)>& visit) const {
  return impl_->Scan(kTiles, [&visit](std::string_view key, std::string_view value) {
    const auto index = key.size() == 9 ? DecodeU64(key.substr(1)) : std::nullopt;
    return index ? visit({static_cast<unsigned char>(key[0]), *index}, value)
                 : Undecodable("tile key");
  });
}

absl::Status Store::ScanEvidence(
    const std::function<absl::Status(const Nullifier&, const Claim&)>& visit) const {
  return impl_->Scan(kEvidence, [&visit](std::string_view key, std::string_view value) {
    const auto claim = DecodeClaim(value);
    return claim && key.size() == Nullifier::kSize ? visit(Nullifier::FromView(key), *claim)
                                                   : Undecodable("claim of evidence");
  });
}

absl::Status Store::ScanProductEarnings(
    const std::function<absl::Status(std::uint32_t, EntryIndex)>& visit) const {
  return impl_->Scan(kProductEarnings, [&visit](std::string_view key, std::string_view value) {
    const auto row = DecodeProductEarningKey(key);
    return row && value.empty() ? visit(row->product, row->entry)
                                : Undecodable("earning of a product");
  });
}

}  // namespace tanhui::store
