#include "ledger/coupons/orders/appliance.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "ledger/rules/rulebook.h"

namespace tanhui::coupons {
namespace {

// As it is listed on a date; nullptr when it is not, or its certificate does not hold.
const rules::Listing* ListingOf(const rules::Rulebook& book, rules::ProductNo product,
                                BusinessDate date) {
  const std::string_view name = book.products().NameOf(product.value());
  const rules::CatalogueVersion* catalogue =
      book.Delisted(product) ? nullptr
                             : book.CatalogueInForce(name.substr(0, name.find('/')), date);
  if (catalogue == nullptr) {
    return nullptr;
  }
  const auto found = catalogue->listings.find(product);
  if (found == catalogue->listings.end()) {
    return nullptr;
  }
  const BusinessDate none(0);
  const rules::Listing& listing = found->second;
  const bool holds = (listing.first == none || date >= listing.first) &&
                     (listing.last == none || date <= listing.last);
  return holds ? &listing : nullptr;
}

}  // namespace

std::optional<Refusal> RefusedAsAppliance(const Registry& registry, const TradeIn& terms,
                                          const entry::v1::TradeIn& trade_in, BusinessDate today) {
  const rules::Rulebook& book = rules::RulebookOf(registry);
  const auto refused = [](std::string_view field, std::string_view why) {
    return Refusal(Reason::kCouponNotAccepted, std::string(field)).With("why", why);
  };
  if (!std::binary_search(terms.categories.begin(), terms.categories.end(), trade_in.category())) {
    return refused("trade_in.category", "CATEGORY");
  }
  const rules::Listing* listing = ListingOf(book, rules::ProductNo(trade_in.product()), today);
  if (listing == nullptr) {
    return Refusal(Reason::kProductNotListed, "trade_in.product");
  }
  if (book.categories().NameOf(listing->category.value()) != trade_in.category()) {
    return refused("trade_in.product", "CATEGORY");
  }
  const bool good_enough = terms.worst_grade == 0 || (listing->energy_grade != 0 &&
                                                      listing->energy_grade <= terms.worst_grade);
  return good_enough ? std::nullopt : std::optional(refused("trade_in.product", "GRADE"));
}

}  // namespace tanhui::coupons
