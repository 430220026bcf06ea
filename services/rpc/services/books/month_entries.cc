#include "services/rpc/services/books/month_entries.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

using Call = CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse>;

// The account's entries of one month: from `newest` back along their `previous` to `end`, which is
// the last entry before the month. Both are 1 + an index.
struct Chain {
  std::uint64_t newest = 0;
  std::uint64_t end = 0;
  std::uint64_t size = 0;  // of the log when the first page was read
};

absl::StatusOr<Chain> ChainOf(const Context& context, const Visible& account, Month month) {
  const store::Store& store = context.engine.store();
  const auto own = store.SeekMonth(account.number, month);
  if (!own.ok()) {
    return own.status();
  }
  if (!own->has_value() || (*own)->month != month) {
    return Chain{0, 0, account.size};
  }
  const auto later = store.SeekMonth(account.number, Plus(month, 1));
  if (!later.ok()) {
    return later.status();
  }
  // A month that began after the account was read counts no more than what was read.
  const std::uint64_t newest = later->has_value()
                                   ? std::min((*later)->last_plus_one, account.last_entry_plus_one)
                                   : account.last_entry_plus_one;
  return Chain{newest, (*own)->last_plus_one, account.size};
}

// "<account>-<month>-<1 + index to go on with>-<size of the log at the first page>".
std::string PageToken(AccountNo account, Month month, std::uint64_t next, std::uint64_t size) {
  return absl::StrCat(account.value(), "-", month.value(), "-", next, "-", size);
}

// Puts the chain on where the page before ended; false when the token is none of this list.
bool GoOn(std::string_view token, AccountNo account, Month month, Chain& chain) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(token.data(), token.size()), absl::MaxSplits('-', 4));
  if (parts.size() != 4 || parts[0] != absl::StrCat(account.value()) ||
      parts[1] != absl::StrCat(month.value())) {
    return false;
  }
  const auto next = ParseTokenNumber(parts[2]);
  const auto size = ParseTokenNumber(parts[3]);
  if (!next.has_value() || !size.has_value() || *next > chain.newest || *next <= chain.end ||
      *size > chain.size) {
    return false;
  }
  chain.newest = *next;
  chain.size = *size;
  return true;
}

// An entry of the chain and what it did to the account.
struct Step {
  EntryIndex index;
  Entry entry;
  const entry::v1::Posting* posting = nullptr;
};

// Visits the chain from its newest entry on, until `visit` answers false or `most` were visited.
// Answers where to go on, 1 + an index; chain.end after the last one.
absl::StatusOr<std::uint64_t> Walk(const Context& context, AccountNo account, const Chain& chain,
                                   std::uint64_t most,
                                   const std::function<bool(const Step&)>& visit) {
  std::uint64_t next = chain.newest;
  for (std::uint64_t visited = 0; next > chain.end && visited < most; ++visited) {
    auto entry = ReadEntry(context, EntryIndex(next - 1));
    if (!entry.ok()) {
      return entry.status();
    }
    Step step{EntryIndex(next - 1), *std::move(entry), nullptr};
    step.posting = FindPosting(step.entry, account);
    if (step.posting == nullptr) {
      return absl::InvalidArgumentError("page_token");  // a made-up one names another's entry
    }
    if (!visit(step)) {
      return next;
    }
    next = step.posting->previous();
  }
  return std::max(next, chain.end);
}

absl::Status FillTotals(const Context& context, AccountNo account, const Chain& chain,
                        v1::ListEntriesResponse& out) {
  std::map<v1::EntryKind, v1::MonthTotal> totals;
  const auto stopped =
      Walk(context, account, chain, kMostMonthEntries, [&totals](const Step& step) {
        v1::MonthTotal& total = totals[KindOf(step.entry)];
        total.set_entries(total.entries() + 1);
        const std::int64_t amount = step.posting->amount();
        if (amount >= 0) {
          total.set_amount_in(total.amount_in() + amount);
        } else {
          total.set_amount_out(total.amount_out() - amount);
        }
        return true;
      });
  if (!stopped.ok()) {
    return stopped.status();
  }
  if (*stopped > chain.end) {
    out.set_totals_left_out(true);
    return absl::OkStatus();
  }
  for (auto& [kind, total] : totals) {
    total.set_kind(kind);
    *out.add_totals() = std::move(total);
  }
  return absl::OkStatus();
}

}  // namespace

void ListMonth(const Context& context, Call call, const Visible& account) {
  const v1::ListEntriesRequest& request = call->request();
  if (request.month().empty()) {
    call->Refuse(Refusal(Reason::kFieldRequired, "month").With("problem", "kinds need a month"));
    return;
  }
  const auto month = ParseMonth(request.month());
  if (!month.has_value()) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "month").With("expected", "YYYY-MM"));
    return;
  }
  const auto is_kind = [](int kind) {
    return kind != v1::ENTRY_KIND_UNSPECIFIED && v1::EntryKind_IsValid(kind);
  };
  if (!std::all_of(request.kinds().begin(), request.kinds().end(), is_kind)) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "kinds"));
    return;
  }
  auto chain = ChainOf(context, account, *month);
  if (!chain.ok()) {
    call->Fail(chain.status());
    return;
  }
  const bool first = request.page_token().empty();
  if (!first && !GoOn(request.page_token(), account.number, *month, *chain)) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
    return;
  }
  v1::ListEntriesResponse& out = call->response();
  if (first) {
    if (absl::Status status = FillTotals(context, account.number, *chain, out); !status.ok()) {
      call->Fail(std::move(status));
      return;
    }
  }
  const std::set<int> kinds(request.kinds().begin(), request.kinds().end());
  const std::int32_t page = PageSize(request.page_size());
  const auto registry = context.engine.registry();
  const auto next = Walk(context, account.number, *chain, kMostMonthEntries, [&](const Step& step) {
    if (out.entries_size() == page) {
      return false;
    }
    if (kinds.empty() || kinds.contains(KindOf(step.entry))) {
      FillAccountEntry(*registry, step.entry, step.index, *step.posting, call->caller(),
                       *out.add_entries());
    }
    return true;
  });
  if (absl::IsInvalidArgument(next.status())) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
    return;
  }
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  if (*next > chain->end) {
    out.set_next_page_token(PageToken(account.number, *month, *next, chain->size));
  }
  out.set_as_of_index(chain->size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
