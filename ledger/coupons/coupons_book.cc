#include "ledger/coupons/coupons_book.h"

#include <vector>

#include "ledger/coupons/rows.h"

namespace tanhui::coupons {
namespace {

std::vector<BookRow> AllRows() {
  std::vector<BookRow> rows;
  for (const auto part : {CampaignRows(), LotteryRows(), IssueRows(), RevocationRows(), LockRows(),
                          RedemptionRows(), RefundRows(), ReviewRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace

Book CouponsBook() {
  static const auto& rows = *new std::vector<BookRow>(AllRows());
  return {"coupons", rows, DueOfCampaign, NamesOfDueCampaign};
}

}  // namespace tanhui::coupons
