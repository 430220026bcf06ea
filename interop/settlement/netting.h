// What cities owe each other, netted: two by two, or all at once. Pure, exact integers, and the
// same answer for everybody who starts from the same items.
#ifndef TANHUI_INTEROP_SETTLEMENT_NETTING_H_
#define TANHUI_INTEROP_SETTLEMENT_NETTING_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tanhui::settlement {

// Name of a city: the origin of its log. Compared byte by byte.
using City = std::string;

// One side owes the other so many fen (above 0) for an item of a window.
struct Obligation {
  City debtor;
  City creditor;
  std::int64_t fen = 0;
};

// Money that is to move; in order of payer, then payee, so that everybody writes the same list.
struct Payment {
  City payer;
  City payee;
  std::int64_t fen = 0;  // above 0
  friend auto operator<=>(const Payment&, const Payment&) = default;
};

// How obligations become payments.
enum class Netting {
  kGross,         // each by itself, summed by pair and direction
  kBilateral,     // one payment at most for each pair
  kMultilateral,  // one sum for each city against all others
};

struct NettingOptions {
  Netting netting = Netting::kBilateral;
  // Obligations of so many fen or more are paid gross, whatever `netting` says; 0: none.
  std::int64_t gross_from_fen = 0;
};

// nullopt when an obligation cannot be (a city that owes itself, fen not above 0) or a sum leaves
// the range of 64 bits. What each city pays less what it gets is what it owes less what is owed to
// it, however it is netted. Multilateral: at most one payment fewer than there are cities.
std::optional<std::vector<Payment>> Net(std::span<const Obligation> obligations,
                                        const NettingOptions& options);

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_NETTING_H_
