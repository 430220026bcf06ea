#include "interop/settlement/comparison.h"

#include <utility>

#include "interop/name_table.h"
#include "ledger/core/amount.h"

namespace tanhui::settlement {
namespace {

constexpr std::array<std::string_view, kDifferenceKinds> kKindNames = {
    "missing_at_destination", "missing_at_origin", "amount", "state", "claimed_twice"};
constexpr std::array<std::string_view, kDifferenceClasses> kClassNames = {"timing", "error",
                                                                          "contested"};

bool AddTo(std::int64_t& sum, std::int64_t amount) {
  const auto added = Add(Amount(sum), Amount(amount));
  if (!added.has_value()) {
    return false;
  }
  sum = added->units();
  return true;
}

bool AddTo(ItemSums& sums, const Item& item) {
  ++sums.items;
  return AddTo(sums.points, item.points) && AddTo(sums.grams, item.grams) &&
         AddTo(sums.fen, item.fen);
}

// One side, an item ahead.
class Side {
 public:
  explicit Side(const ItemSource& source) : source_(source), next_(source()) {}
  const std::optional<Item>& next() const { return next_; }
  bool in_order() const { return in_order_; }
  // The one ahead; the next one comes ahead. Another one of the same id comes after it.
  Item Take() {
    Item taken = *std::exchange(next_, source_());
    in_order_ = in_order_ && (!next_.has_value() || !(next_->id < taken.id));
    return taken;
  }

 private:
  const ItemSource& source_;
  std::optional<Item> next_;
  bool in_order_ = true;
};

class Comparison {
 public:
  Comparison(const ItemSource& origin, const ItemSource& destination, const Patience& patience,
             const std::function<void(const Difference&)>& tell)
      : origin_(origin), destination_(destination), patience_(patience), tell_(tell) {}

  std::optional<Compared> Run() {
    while (ok_ && (origin_.next().has_value() || destination_.next().has_value())) {
      Step();
      ok_ = ok_ && origin_.in_order() && destination_.in_order();
    }
    return ok_ ? std::optional(compared_) : std::nullopt;
  }

 private:
  // Everything of the smallest id ahead.
  void Step() {
    const bool at_origin =
        origin_.next().has_value() &&
        (!destination_.next().has_value() || !(destination_.next()->id < origin_.next()->id));
    const bool at_destination =
        destination_.next().has_value() &&
        (!origin_.next().has_value() || !(origin_.next()->id < destination_.next()->id));
    std::optional<Item> ours = at_origin ? std::optional(origin_.Take()) : std::nullopt;
    std::optional<Item> theirs = at_destination ? std::optional(destination_.Take()) : std::nullopt;
    Judge(ours, theirs);
    const ExchangeId id = ours.has_value() ? ours->id : theirs->id;
    while (origin_.next().has_value() && origin_.next()->id == id) {
      Differs(DifferenceKind::kClaimedTwice, DifferenceClass::kError, origin_.Take(), {});
    }
    while (destination_.next().has_value() && destination_.next()->id == id) {
      Differs(DifferenceKind::kClaimedTwice, DifferenceClass::kError, {}, destination_.Take());
    }
  }

  void Judge(const std::optional<Item>& ours, const std::optional<Item>& theirs) {
    using enum DifferenceKind;
    if (!theirs.has_value()) {
      return Differs(kMissingAtDestination, Late(ours->id), ours, theirs);
    }
    if (!ours.has_value()) {
      // It has the origin's signed decision when it confirmed, and waits for one when it did not.
      return Differs(kMissingAtOrigin,
                     theirs->state == ItemState::kPending ? DifferenceClass::kTiming
                                                          : DifferenceClass::kContested,
                     ours, theirs);
    }
    if (ours->terms != theirs->terms) {
      return Differs(kAmount, DifferenceClass::kContested, ours, theirs);
    }
    // Both name the same signed terms, so one of them did not write what they say.
    if (ours->points != theirs->points || ours->grams != theirs->grams ||
        ours->fen != theirs->fen) {
      return Differs(kAmount, DifferenceClass::kError, ours, theirs);
    }
    if (ours->state != ItemState::kCommitted || theirs->state != ItemState::kConfirmed) {
      const bool waits =
          ours->state == ItemState::kCommitted && theirs->state == ItemState::kPending;
      return Differs(kState, waits ? Late(ours->id) : DifferenceClass::kContested, ours, theirs);
    }
    ok_ = ok_ && AddTo(compared_.agreed, *ours);
  }

  DifferenceClass Late(const ExchangeId& id) const {
    return patience_.was_open_before != nullptr && patience_.was_open_before(id)
               ? DifferenceClass::kContested
               : DifferenceClass::kTiming;
  }

  void Differs(DifferenceKind kind, DifferenceClass difference_class, std::optional<Item> ours,
               std::optional<Item> theirs) {
    const Item& item = ours.has_value() ? *ours : *theirs;
    ok_ = ok_ && AddTo(compared_.differing[static_cast<std::size_t>(kind)], item) &&
          AddTo(compared_.classes[static_cast<std::size_t>(difference_class)], item);
    tell_({item.id, kind, difference_class, std::move(ours), std::move(theirs)});
  }

  Side origin_;
  Side destination_;
  const Patience& patience_;
  const std::function<void(const Difference&)>& tell_;
  Compared compared_;
  bool ok_ = true;
};

}  // namespace

std::string_view NameOf(DifferenceKind kind) { return NameIn(kKindNames, kind); }

std::string_view NameOf(DifferenceClass difference_class) {
  return NameIn(kClassNames, difference_class);
}

bool Compared::AllAgreed() const {
  for (const ItemSums& sums : differing) {
    if (sums.items != 0) {
      return false;
    }
  }
  return true;
}

std::optional<Compared> Compare(const ItemSource& origin, const ItemSource& destination,
                                const Patience& patience,
                                const std::function<void(const Difference&)>& tell) {
  return Comparison(origin, destination, patience, tell).Run();
}

}  // namespace tanhui::settlement
