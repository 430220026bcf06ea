// How much a coupon takes off an order, who pays it, and what goes back with a part of the order.
// Pure arithmetic in fen, exact: parts add up in whatever pieces they come. See COUPONS.md.
#ifndef TANHUI_LEDGER_COUPONS_DISCOUNT_H_
#define TANHUI_LEDGER_COUPONS_DISCOUNT_H_

#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

// A line of an order, 0 to kMaxFen.
struct Line {
  Amount fen;             // before the discount
  bool eligible = false;  // its goods count
};
inline constexpr std::size_t kMaxLines = 50;

// The fen that count: of eligible lines. At most kMaxLines lines (Check: the sum does not
// overflow).
Amount Eligible(std::span<const Line> lines);

// The most that a coupon takes off.
Amount MaxDiscount(const Value& value);
// What it takes off `eligible` fen, whatever the threshold; 0 for 0.
Amount DiscountFor(const Value& value, Amount eligible);
// What of a discount the funders pay; never falls when the discount grows.
Amount Funded(const Value& value, Amount discount);

// What a review approved.
struct Approval {
  Amount fen;   // of what the funders pay
  Amount back;  // of the discount, that had come back by then
};
// What the funders pay of a discount of which `back` came back; never grows when `back` does.
Amount FundedAfter(const Value& value, Amount discount, const std::optional<Approval>& approval,
                   Amount back);

// What is given back of one line.
struct Back {
  std::size_t line = 0;
  Amount fen;  // above 0, before the discount
};

// What came back of the use of a coupon and comes back now.
struct GivenBack {
  std::vector<Amount> lines;  // after it, one for each line of the order
  Amount goods;               // now, before the discount
  Amount discount;            // now, of the discount; at most goods
  bool whole = false;         // nothing of the discount is left
};
// Why not.
struct NotBack {
  enum class Why {
    kNoSuchLine,     // or not in order, or nothing of it
    kMoreThanLeft,   // of the line
    kBelowThreshold  // and the policy is the whole order
  };
  Why why;
  std::size_t line = 0;
  Amount left;  // of the line, or of all that count
};
// `discount` was taken off `lines`; `before` (as many or fewer, missing ones 0) and
// `discount_before` came back of them earlier. `parts` in order of lines, each once.
std::variant<GivenBack, NotBack> GiveBack(const Value& value, ReturnPolicy policy,
                                          std::span<const Line> lines, Amount discount,
                                          std::span<const Amount> before, Amount discount_before,
                                          std::span<const Back> parts);

// Splits `fen`, not below 0, by the funders' permille: largest remainder, of equal ones the lower
// account first.
// One amount for each funder, in their order; they sum to `fen` when there are funders.
std::vector<Amount> SplitAmong(std::span<const Funder> funders, Amount fen);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_DISCOUNT_H_
