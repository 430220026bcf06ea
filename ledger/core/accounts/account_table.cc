#include "ledger/core/accounts/account_table.h"

#include "ledger/core/check.h"

namespace tanhui {
namespace {

// Numbers are dense: a higher one would be an error somewhere else, and cost memory here.
constexpr std::uint64_t kHighestNumber = std::uint64_t{1} << 36;
constexpr std::size_t kCacheLine = 64;
// What every award reads and writes stands in the first lines of an account.
constexpr std::size_t kLinesFetched = 4;

}  // namespace

AccountTable& AccountTable::operator=(const AccountTable& other) {
  if (this == &other) {
    return *this;
  }
  pages_.clear();
  size_ = 0;
  for (const auto& [number, account] : other) {
    Put(number, account);
    if (other.NodeOf(number.value())->marked) {
      Mark(number);
    }
  }
  return *this;
}

void AccountTable::Put(AccountNo number, const Account& account) {
  if (Node* const node = NodeOf(number.value())) {
    node->account = account;
    return;
  }
  Check(number.value() < kHighestNumber, "an account's number is too high");
  const std::size_t page = number.value() / kPage;
  if (pages_.size() <= page) {
    pages_.resize(page + 1);
  }
  if (pages_[page] == nullptr) {
    pages_[page] = std::make_unique<Page>();
  }
  (*pages_[page])[number.value() % kPage] = std::make_unique<Node>(Node{account});
  ++size_;
}

void AccountTable::Erase(AccountNo number) {
  if (NodeOf(number.value()) != nullptr) {
    (*pages_[number.value() / kPage])[number.value() % kPage].reset();
    --size_;
  }
}

void AccountTable::Prefetch(AccountNo number) const {
  if (const Node* const node = NodeOf(number.value())) {
    const char* const bytes = reinterpret_cast<const char*>(node);
    for (std::size_t line = 0; line < kLinesFetched; ++line) {
      __builtin_prefetch(bytes + line * kCacheLine);
    }
  }
}

void AccountTable::PrefetchPlace(AccountNo number) const {
  const std::uint64_t page = number.value() / kPage;
  if (page < pages_.size() && pages_[page] != nullptr) {
    __builtin_prefetch(&(*pages_[page])[number.value() % kPage]);
  }
}

bool AccountTable::Mark(AccountNo number) {
  Node* const node = NodeOf(number.value());
  Check(node != nullptr, "an account is marked that is not there");
  return !std::exchange(node->marked, true);
}

void AccountTable::Unmark(AccountNo number) {
  if (Node* const node = NodeOf(number.value())) {
    node->marked = false;
  }
}

std::pair<AccountNo, const Account&> AccountTable::const_iterator::operator*() const {
  return {AccountNo(next_), table_->NodeOf(next_)->account};
}

AccountTable::const_iterator& AccountTable::const_iterator::operator++() {
  ++next_;
  Skip();
  return *this;
}

void AccountTable::const_iterator::Skip() {
  const std::size_t end = table_->pages_.size() * kPage;
  while (next_ < end && table_->NodeOf(next_) == nullptr) {
    next_ += table_->pages_[next_ / kPage] == nullptr ? kPage - next_ % kPage : 1;
  }
}

bool operator==(const AccountTable& a, const AccountTable& b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (const auto& [number, account] : a) {
    const Account* const other = b.Find(number);
    if (other == nullptr || *other != account) {
      return false;
    }
  }
  return true;
}

}  // namespace tanhui
