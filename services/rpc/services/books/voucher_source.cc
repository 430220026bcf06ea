#include "services/rpc/services/books/voucher_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/calendar.h"
#include "ledger/merkle/hash.h"
#include "ledger/rules/codes/account_codes.h"
#include "services/rpc/draft.h"
#include "services/rpc/services/books/entry_search.h"

namespace tanhui::rpc {
namespace {

// Entries of one message, and octets of the file in one.
constexpr std::uint64_t kEntriesAtOnce = 4'096;
constexpr std::size_t kPart = std::size_t{256} << 10;
// Accounts that are remembered; more are looked up again.
constexpr std::size_t kMostAccounts = 1'000'000;

}  // namespace

struct VoucherSource::Slice {
  std::vector<Entry> entries;  // of the month
  std::vector<AccountNo> unknown;
};

VoucherSource::VoucherSource(const Context& context, std::shared_ptr<const Registry> registry,
                             const Scheme& scheme, Month month, EntryIndex closing,
                             const rules::AccountCodesVersion& codes)
    : context_(context),
      registry_(std::move(registry)),
      scheme_(scheme),
      month_(month),
      closing_(closing),
      codes_(codes) {}

std::variant<std::unique_ptr<VoucherSource>, Refusal> VoucherSource::Open(
    const Context& context, std::shared_ptr<const Registry> registry, const Scheme& scheme,
    Month month, EntryIndex closing) {
  const rules::AccountCodesVersion* codes =
      rules::RulebookOf(*registry).AccountCodesInForce(scheme.code, LastDayOf(month), closing);
  if (codes == nullptr) {
    return Refusal(Reason::kNoRuleInForce, "month")
        .With("problem",
              "no table of account codes is in force; publish one before the month is "
              "closed");
  }
  return std::unique_ptr<VoucherSource>(
      new VoucherSource(context, std::move(registry), scheme, month, closing, *codes));
}

// Whatever is booked on the month was recorded in it or later.
absl::Status VoucherSource::FindFirst() {
  const BusinessDate begin = FirstDayOf(month_);
  const auto first =
      FirstAt(context_, periods::BeginOfLedgerDay(begin, scheme_.cutoff_minute), closing_.value());
  if (first.ok()) {
    first_ = *first;
    next_ = *first;
  }
  return first.status();
}

Production VoucherSource::Next(google::protobuf::Message& out) {
  auto& response = static_cast<v1::ExportVouchersResponse&>(out);
  if (!first_.has_value()) {
    if (const absl::Status found = FindFirst(); !found.ok()) {
      return found;
    }
  }
  if (next_ < closing_) {
    const auto added = AddSlice();
    if (const auto* refusal = std::get_if<Refusal>(&added)) {
      return *refusal;
    }
    if (const auto* failure = std::get_if<absl::Status>(&added)) {
      return *failure;
    }
  } else if (!written_) {
    Write();
    written_ = true;
  } else if (sent_ == file_.size()) {
    return Produced::kEnd;
  }
  response.set_entries_done(next_.value() - first_->value());
  response.set_entries_total(closing_.value() - first_->value());
  response.set_data(file_.substr(sent_, kPart));
  sent_ += response.data().size();
  return Produced::kMessage;
}

absl::Status VoucherSource::ReadSlice(Slice& slice) {
  const std::uint64_t count = std::min(kEntriesAtOnce, closing_.value() - next_.value());
  const absl::Status scanned = context_.engine.store().ScanEntries(
      next_, count, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        if (!entry.postings().empty() && MonthOf(BusinessDate(entry.accounting_date())) == month_) {
          for (const entry::v1::Posting& posting : entry.postings()) {
            if (!accounts_.contains(AccountNo(posting.account()))) {
              slice.unknown.emplace_back(posting.account());
            }
          }
          slice.entries.push_back(std::move(entry));
        }
        return absl::OkStatus();
      });
  next_ = EntryIndex(next_.value() + count);
  return scanned;
}

absl::Status VoucherSource::LearnAccounts(const Slice& slice) {
  std::vector<AccountNo> numbers = slice.unknown;
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  const auto found = context_.engine.store().ReadAccounts(numbers);
  if (!found.ok()) {
    return found.status();
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::optional<Account>& account = (*found)[i];
    const Asset* asset = account.has_value() ? registry_->Find(account->asset) : nullptr;
    if (asset == nullptr) {
      return absl::DataLossError(
          absl::StrCat("account ", numbers[i].value(), " of a posting cannot be read"));
    }
    accounts_[numbers[i]] = {account->kind, asset->number, asset->code};
  }
  return absl::OkStatus();
}

std::variant<std::monostate, Refusal, absl::Status> VoucherSource::AddSlice() {
  if (accounts_.size() > kMostAccounts) {
    accounts_.clear();
  }
  Slice slice;
  if (absl::Status read = ReadSlice(slice); !read.ok()) {
    return read;
  }
  if (absl::Status learned = LearnAccounts(slice); !learned.ok()) {
    return learned;
  }
  const auto posted_on = [this](AccountNo number) -> std::optional<periods::PostedOn> {
    const periods::PostedOn& on = accounts_.at(number);
    const bool ours = registry_->Find(on.asset)->scheme == scheme_.number;
    return ours ? std::optional(on) : std::nullopt;
  };
  for (const Entry& entry : slice.entries) {
    if (const auto without = periods::AddEntry(entry, codes_, posted_on, sums_)) {
      return Refusal(Reason::kNoRuleInForce, "month")
          .With("account_codes", absl::StrCat(codes_.code, " ", codes_.version))
          .With("account_kind", rules::NameOf(without->account_kind))
          .With("entry_kind", without->entry_kind)
          .With("problem", "the table of account codes has no row for this");
    }
  }
  return std::monostate();
}

void VoucherSource::Write() {
  periods::VoucherText text =
      periods::WriteVouchers({scheme_.code, month_, codes_.code, codes_.version, closing_}, sums_);
  const std::string hash = Hex(merkle::Sha256(text.lines).view());
  file_ = absl::StrCat(text.lines, text.end, hash, "\n");
}

}  // namespace tanhui::rpc
