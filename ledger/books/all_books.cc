#include "ledger/books/all_books.h"

#include <vector>

#include "interop/books/interop_book.h"
#include "ledger/claims/claims_book.h"
#include "ledger/coupons/coupons_book.h"
#include "ledger/periods/periods_book.h"
#include "ledger/points/points_book.h"
#include "ledger/rules/rules_book.h"

namespace tanhui {

std::span<const Book> AllBooks() {
  static const auto& books = *new std::vector<Book>{points::PointsBook(),   rules::RulesBook(),
                                                    claims::ClaimsBook(),   periods::PeriodsBook(),
                                                    coupons::CouponsBook(), interop::InteropBook()};
  return books;
}

bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now) {
  return points::MayBeDue(registry, number, account, now) ||
         coupons::MayBeDue(registry, number, account, now);
}

}  // namespace tanhui
