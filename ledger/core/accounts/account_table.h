// Accounts in memory, by their dense numbers.
#ifndef TANHUI_LEDGER_CORE_ACCOUNTS_ACCOUNT_TABLE_H_
#define TANHUI_LEDGER_CORE_ACCOUNTS_ACCOUNT_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/ids.h"

namespace tanhui {

// Deciding an award looks at its accounts some twenty times, and of millions of them nearly every
// first look waits for memory. So an account lies where its number says, two loads away, and can
// be fetched ahead. Takes 8 octets for every number up to the highest, there or not. Addresses of
// accounts stay while they are there.
class AccountTable {
 public:
  AccountTable() = default;
  AccountTable(const AccountTable& other) { *this = other; }
  AccountTable(AccountTable&& other) noexcept = default;
  AccountTable& operator=(const AccountTable& other);
  AccountTable& operator=(AccountTable&& other) noexcept = default;

  // nullptr when it is not there.
  const Account* Find(AccountNo number) const {
    const Node* const node = NodeOf(number.value());
    return node == nullptr ? nullptr : &node->account;
  }
  Account* Find(AccountNo number) {
    Node* const node = NodeOf(number.value());
    return node == nullptr ? nullptr : &node->account;
  }
  // Inserts or replaces.
  void Put(AccountNo number, const Account& account);
  void Erase(AccountNo number);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Begins to fetch the account into the cache, and, for whoever knows numbers long before, where
  // it lies: without that the first waits for memory itself.
  void Prefetch(AccountNo number) const;
  void PrefetchPlace(AccountNo number) const;
  // Marks an account that is there; false when it was marked. Putting does not change the mark.
  bool Mark(AccountNo number);
  // No account of that number is marked.
  void Unmark(AccountNo number);

  // In the order of numbers.
  class const_iterator {  // NOLINT: as the standard spells it
   public:
    std::pair<AccountNo, const Account&> operator*() const;
    const_iterator& operator++();
    friend bool operator==(const const_iterator& a, const const_iterator& b) {
      return a.next_ == b.next_;
    }

   private:
    friend class AccountTable;
    const_iterator(const AccountTable* table, std::size_t next) : table_(table), next_(next) {
      Skip();
    }
    void Skip();
    const AccountTable* table_;
    std::size_t next_;
  };
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, pages_.size() * kPage}; }
  friend bool operator==(const AccountTable& a, const AccountTable& b);

 private:
  static constexpr std::size_t kPage = 1'024;
  struct Node {
    Account account;
    bool marked = false;
  };
  using Page = std::array<std::unique_ptr<Node>, kPage>;
  Node* NodeOf(std::uint64_t number) const {
    const std::uint64_t page = number / kPage;
    return page < pages_.size() && pages_[page] != nullptr ? (*pages_[page])[number % kPage].get()
                                                           : nullptr;
  }

  std::vector<std::unique_ptr<Page>> pages_;
  std::size_t size_ = 0;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_ACCOUNTS_ACCOUNT_TABLE_H_
