#include "ledger/rules/evaluation.h"

#include <algorithm>
#include <string>

#include "ledger/rules/evidence/claim.h"
#include "ledger/rules/tallies.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

Refusal Unmet(std::string_view condition, std::string_view field) {
  return Refusal(Reason::kConditionNotMet, std::string(field)).With("condition", condition);
}

// The act, with what it was found to be under.
struct Matter {
  const Rulebook& book;
  const Entry& entry;
  const pb::Earning& act;
  const pb::Earning* before;  // see Standing
  BusinessDate date;
  BusinessDate recorded;
  const RuleSet* set = nullptr;
  const Rule* rule = nullptr;
  const Rate* rate = nullptr;
  const Listing* listing = nullptr;
  std::uint32_t percent = 100;
  std::uint32_t share = 100;
};

// The rate of the act's material; nullptr when the rule has none.
const Rate* RateOf(const Matter& matter) {
  const auto& rates = matter.rule->rates;
  const auto found = std::find_if(rates.begin(), rates.end(), [&matter](const Rate& rate) {
    return rate.material == MaterialNo(matter.act.material());
  });
  return found == rates.end() ? nullptr : &*found;
}

std::optional<Refusal> FindRule(Matter& matter) {
  const auto none = [&matter] {
    return Refusal(Reason::kNoRuleInForce, "act").With("date", FormatDate(matter.date));
  };
  matter.set = matter.book.InForce(matter.act.district(), matter.date);
  if (matter.set == nullptr) {
    return none();
  }
  matter.rule = matter.set->Find(ScenarioNo(matter.act.scenario()));
  if (matter.rule == nullptr) {
    return none();
  }
  if (!matter.rule->off.empty()) {
    return Refusal(Reason::kScenarioOff, "act.scenario").With("why", matter.rule->off);
  }
  const Rate* rate = RateOf(matter);
  if (rate != nullptr && !rate->off.empty()) {
    return Refusal(Reason::kScenarioOff, "act.material").With("why", rate->off);
  }
  if (matter.before != nullptr && matter.before->scenario() == matter.act.scenario() &&
      matter.book.InForce(matter.before->district(), matter.date) == matter.set) {
    return std::nullopt;
  }
  const Suspension suspension = matter.book.SuspensionOf(matter.set->code, matter.rule->scenario);
  return suspension.suspended ? std::optional(Refusal(Reason::kScenarioSuspended, "act.scenario"))
                              : std::nullopt;
}

// Whether an act that could not come in time may come now: what kept it was there while its window
// was open, and ended no more than the set's days ago.
bool WasKeptOut(BusinessDate first, BusinessDate last, BusinessDate act, BusinessDate window_end,
                BusinessDate now, std::uint32_t resubmit_days) {
  const BusinessDate never(0);
  return first != never && last != never && first <= window_end && last >= act &&
         now.value() <= last.value() + static_cast<std::int32_t>(resubmit_days);
}

std::optional<Refusal> RefusedAsLate(const Matter& matter, const Standing& standing) {
  const auto late = static_cast<std::int32_t>(matter.rule->late_days);
  const int age = matter.recorded.value() - matter.date.value();
  if (matter.before != nullptr) {
    // Later its tallies may be gone.
    const auto most = static_cast<int>(matter.set->max_age_days);
    return age <= most
               ? std::nullopt
               : std::optional(
                     Refusal(Reason::kActTooLate, "act_time").With("days", most).With("age", age));
  }
  const BusinessDate window_end(matter.date.value() + late);
  const BusinessDate received = matter.act.kept_micros() == 0
                                    ? matter.recorded
                                    : ShanghaiDate(LedgerTime(matter.act.kept_micros()));
  if (age <= static_cast<int>(matter.set->max_age_days)) {
    const Suspension spell = matter.book.SuspensionOf(matter.set->code, matter.rule->scenario);
    const std::uint32_t days = matter.set->resubmit_days;
    // A booking was taken in time; its weighing has days of its own.
    if (matter.act.booking() != 0 || received <= window_end ||
        WasKeptOut(spell.first, spell.last, matter.date, window_end, matter.recorded, days) ||
        WasKeptOut(standing.dry.first, standing.dry.last, matter.date, window_end, matter.recorded,
                   days)) {
      return std::nullopt;
    }
  }
  return Refusal(Reason::kActTooLate, "act_time").With("days", late).With("age", age);
}

std::optional<Refusal> RefusedByQuantity(const Matter& matter) {
  const pb::Earning& act = matter.act;
  const Rule& rule = *matter.rule;
  if (act.unit() != rule.unit) {
    return Refusal(Reason::kWrongUnit, "act.unit").With("unit", pb::Unit_Name(rule.unit));
  }
  const bool stations = rule.measure == pb::MEASURE_STATIONS;
  if (stations && (act.stations() == 0 || act.quantity() == 0)) {
    return Unmet("stations", "act.destination_station");
  }
  if (act.quantity() == 0 ||
      act.quantity() > static_cast<std::uint64_t>(kMostMillionths / kMillion) ||
      act.quantity() < rule.min_quantity ||
      (rule.max_quantity != 0 && act.quantity() > rule.max_quantity)) {
    return Refusal(Reason::kQuantityOutOfRange,
                   stations ? "act.destination_station" : "act.quantity")
        .With("least", static_cast<std::int64_t>(std::max<std::uint64_t>(rule.min_quantity, 1)))
        .With("most", static_cast<std::int64_t>(rule.max_quantity));
  }
  return std::nullopt;
}

std::optional<Refusal> FindRate(Matter& matter) {
  matter.rate = RateOf(matter);
  return matter.rate == nullptr ? std::optional(Unmet("material", "act.material")) : std::nullopt;
}

std::optional<Refusal> RefusedByEvidence(Matter& matter) {
  const pb::Earning& act = matter.act;
  const Rule& rule = *matter.rule;
  const auto grade =
      act.grade() == pb::EVIDENCE_GRADE_UNSPECIFIED ? pb::EVIDENCE_GRADE_RECORDED : act.grade();
  const bool known = static_cast<std::size_t>(grade) < kGrades;
  matter.percent = known ? rule.percents[static_cast<std::size_t>(grade)] : 0;
  if (matter.percent == 0) {
    return Unmet("grade", "act.grade");
  }
  // A weighing rests on the evidence of its booking.
  if (act.booking() != 0) {
    return std::nullopt;
  }
  const auto pieces =
      std::count_if(act.nullifiers().begin(), act.nullifiers().end(), StandsForPiece);
  if (pieces < static_cast<int>(rule.min_evidence)) {
    return Unmet("evidence", "act.evidence").With("least", rule.min_evidence);
  }
  const bool serial =
      std::any_of(act.nullifiers().begin(), act.nullifiers().end(),
                  [](const std::string& one) { return ScopeOf(one) == ClaimScope::kForEver; });
  return rule.needs_serial && !serial ? std::optional(Unmet("serial", "act.evidence"))
                                      : std::nullopt;
}

std::optional<Refusal> RefusedByCondition(Matter& matter) {
  const pb::Earning& act = matter.act;
  const Rule& rule = *matter.rule;
  if (act.seconds() < rule.min_seconds) {
    return Unmet("min_seconds", "act.duration_seconds").With("least", rule.min_seconds);
  }
  if ((rule.weigh_days != 0) != (act.weighing() != pb::WEIGHING_UNSPECIFIED) ||
      (act.weighing() == pb::WEIGHING_WEIGHED) != (act.booking() != 0)) {
    return Unmet("weighed", "act.weighing");
  }
  if ((rule.first_share_percent != 0) != (act.party() != 0) || act.party() > 2) {
    return Unmet("parties", "act");
  }
  if (rule.first_share_percent != 0) {
    matter.share = act.party() == 1 ? rule.first_share_percent : 100 - rule.first_share_percent;
  }
  if (rule.check_in && !act.checked_in()) {
    return Unmet("check_in", "act.check_in_code");
  }
  if (auto refusal = FindRate(matter)) {
    return refusal;
  }
  return RefusedByEvidence(matter);
}

std::optional<Refusal> RefusedByProduct(Matter& matter) {
  const Rule& rule = *matter.rule;
  if (rule.catalogue.empty()) {
    return matter.act.product() == 0 ? std::nullopt
                                     : std::optional(Unmet("product", "act.product"));
  }
  const Refusal refusal(Reason::kProductNotListed, "act.product");
  const ProductNo product(matter.act.product());
  const CatalogueVersion* catalogue = matter.book.CatalogueInForce(rule.catalogue, matter.date);
  const bool listed_then =
      matter.before != nullptr && matter.before->product() == matter.act.product();
  if (product == ProductNo(0) || catalogue == nullptr ||
      (matter.book.Delisted(product) && !listed_then)) {
    return refusal;
  }
  const auto found = catalogue->listings.find(product);
  if (found == catalogue->listings.end()) {
    return refusal;
  }
  const Listing& listing = found->second;
  const BusinessDate none(0);
  const bool counts = rule.categories.empty() ||
                      std::find(rule.categories.begin(), rule.categories.end(), listing.category) !=
                          rule.categories.end();
  if (!counts || (listing.first != none && matter.date < listing.first) ||
      (listing.last != none && matter.date > listing.last) ||
      (rule.measure == pb::MEASURE_PRODUCT_SAVING && listing.saving_watt_hours == 0)) {
    return refusal;
  }
  matter.listing = &listing;
  return std::nullopt;
}

std::optional<Refusal> RefusedByVenue(const Matter& matter) {
  const Rule& rule = *matter.rule;
  if (rule.venue_kind.empty()) {
    return std::nullopt;
  }
  const Venue* venue = matter.book.Find(VenueNo(matter.act.venue()));
  const BusinessDate none(0);
  const bool certified_then =
      matter.before != nullptr && matter.before->venue() == matter.act.venue();
  const bool certified =
      venue != nullptr && venue->kind == rule.venue_kind &&
      (certified_then ||
       (!venue->withdrawn && (venue->first == none || matter.date >= venue->first) &&
        (venue->last == none || matter.date <= venue->last))) &&
      std::binary_search(matter.set->districts.begin(), matter.set->districts.end(),
                         venue->district);
  return certified ? std::nullopt : std::optional(Refusal(Reason::kVenueNotCertified, "act.venue"));
}

// Quantity and millionths, as caps leave them.
struct Measured {
  std::int64_t quantity = 0;
  std::int64_t micrograms = 0;
  std::int64_t micropoints = 0;
};

class Caps {
 public:
  Caps(const Matter& matter, std::span<const Tally> tallies) : matter_(matter), tallies_(tallies) {}

  // Cuts `amount` to what the caps of a measure leave. False when one of them refuses.
  bool Cut(pb::Counted counted, std::int64_t& amount) {
    for (const std::uint32_t at : matter_.rule->caps) {
      const Cap& cap = matter_.set->caps[at];
      if (cap.counted != counted) {
        continue;
      }
      const std::int64_t used =
          CountedOf(tallies_, cap.limit, CategoryOf(cap), FirstOf(cap.period, matter_.date));
      const std::int64_t left = std::max<std::int64_t>(cap.most - used, 0);
      if (amount > left && (cap.refuses || left == 0)) {
        const std::int64_t unit =
            counted == pb::COUNTED_GRAMS || counted == pb::COUNTED_POINTS ? kMillion : 1;
        refusal_ = Refusal(Reason::kCapReached, "act")
                       .With("cap", cap.code)
                       .With("limit", cap.most / unit)
                       .With("used", used / unit);
        return false;
      }
      amount = std::min(amount, left);
    }
    return true;
  }
  Refusal TakeRefusal() { return std::move(refusal_); }

  void CountInto(const Measured& measured, Counts& counts) const {
    for (const std::uint32_t at : matter_.rule->caps) {
      const Cap& cap = matter_.set->caps[at];
      if (const std::int64_t amount = AmountOf(cap.counted, measured); amount > 0) {
        counts.push_back({cap.limit, CategoryOf(cap), amount});
      }
    }
  }
  static std::int64_t AmountOf(pb::Counted counted, const Measured& measured) {
    switch (counted) {
      case pb::COUNTED_QUANTITY:
        return measured.quantity;
      case pb::COUNTED_GRAMS:
        return measured.micrograms;
      case pb::COUNTED_POINTS:
        return measured.micropoints;
      default:
        return 1;
    }
  }

 private:
  std::uint32_t CategoryOf(const Cap& cap) const {
    return cap.per_category && matter_.listing != nullptr ? matter_.listing->category.value() : 0;
  }

  const Matter& matter_;
  std::span<const Tally> tallies_;
  Refusal refusal_;
};

// nullopt and `measured` set, or why not.
std::optional<Refusal> Measure(const Matter& matter, Caps& caps, Measured& measured) {
  measured.quantity = static_cast<std::int64_t>(matter.act.quantity());
  std::int64_t acts = 1;
  if (!caps.Cut(pb::COUNTED_QUANTITY, measured.quantity) || !caps.Cut(pb::COUNTED_ACTS, acts)) {
    return caps.TakeRefusal();
  }
  __int128 amount = measured.quantity;
  if (matter.rule->measure == pb::MEASURE_PRODUCT_SAVING) {
    amount *= matter.listing->saving_watt_hours;
  }
  const Refusal too_much(Reason::kQuantityOutOfRange, "act.quantity");
  if (amount > kMostOfRatio) {
    return too_much;
  }
  const auto times = [&](const Ratio& ratio) {
    return Times(static_cast<std::int64_t>(amount), ratio, matter.percent, matter.share);
  };
  const auto micrograms = times(matter.rate->micrograms);
  const auto micropoints = times(matter.rate->micropoints);
  if (!micrograms.has_value() || !micropoints.has_value()) {
    return too_much;
  }
  measured.micrograms = *micrograms;
  measured.micropoints = *micropoints;
  std::int64_t kept = measured.micrograms;
  if (!caps.Cut(pb::COUNTED_GRAMS, kept)) {
    return caps.TakeRefusal();
  }
  if (kept < measured.micrograms) {
    measured.micropoints = Portion(measured.micropoints, kept, measured.micrograms);
    measured.micrograms = kept;
  }
  kept = measured.micropoints;
  if (!caps.Cut(pb::COUNTED_POINTS, kept)) {
    return caps.TakeRefusal();
  }
  if (kept < measured.micropoints) {
    measured.micrograms = Portion(measured.micrograms, kept, measured.micropoints);
    measured.micropoints = kept;
  }
  return std::nullopt;
}

void FindBonus(const Matter& matter, std::span<const Tally> tallies, Earned& earned) {
  for (const std::uint32_t at : matter.rule->bonuses) {
    const Bonus& bonus = matter.set->bonuses[at];
    if (matter.date < bonus.first || matter.date > bonus.last) {
      continue;
    }
    std::int64_t points = Portion(earned.points, bonus.percent, 100);
    if (bonus.most != 0) {
      const std::int64_t used = CountedOf(tallies, bonus.limit, 0, bonus.first);
      points = std::min(points, std::max<std::int64_t>(bonus.most - used, 0));
    }
    if (points > 0) {
      earned.bonus = &bonus;
      earned.bonus_points = points;
      return;
    }
  }
}

Earned Pay(const Matter& matter, const Standing& standing, const Measured& measured) {
  Earned earned;
  earned.set = matter.set;
  earned.rule = matter.rule;
  const std::int64_t step = matter.rule->step;
  const auto sum = [](std::int64_t carry, std::int64_t more) {
    return std::max<__int128>(static_cast<__int128>(carry) + more, 0);
  };
  earned.points = static_cast<std::int64_t>(sum(standing.carry, measured.micropoints) /
                                            (static_cast<__int128>(kMillion) * step) * step);
  // A carry that a forged entry left may be too large for the product.
  earned.carry = static_cast<std::int64_t>(measured.micropoints -
                                           static_cast<__int128>(earned.points) * kMillion);
  if (earned.points > 0) {
    earned.grams =
        static_cast<std::int64_t>(sum(standing.gram_carry, measured.micrograms) / kMillion);
  }
  earned.gram_carry = static_cast<std::int64_t>(measured.micrograms -
                                                static_cast<__int128>(earned.grams) * kMillion);
  FindBonus(matter, standing.tallies, earned);
  return earned;
}

}  // namespace

std::variant<Earned, Refusal> Evaluate(const Rulebook& book, const Entry& entry,
                                       const Standing& standing) {
  Matter matter{book, entry, entry.earning(), standing.before, ActDate(entry), RecordDate(entry)};
  std::optional<Refusal> refusal = FindRule(matter);
  if (!refusal.has_value()) {
    refusal = RefusedAsLate(matter, standing);
  }
  if (!refusal.has_value()) {
    refusal = RefusedByQuantity(matter);
  }
  for (const auto check : {RefusedByCondition, RefusedByProduct}) {
    if (!refusal.has_value()) {
      refusal = check(matter);
    }
  }
  if (!refusal.has_value()) {
    refusal = RefusedByVenue(matter);
  }
  if (refusal.has_value()) {
    return *std::move(refusal);
  }
  Caps caps(matter, standing.tallies);
  Measured measured;
  if (auto refused = Measure(matter, caps, measured)) {
    return *std::move(refused);
  }
  Earned earned = Pay(matter, standing, measured);
  caps.CountInto(measured, earned.counts);
  for (const std::uint32_t at : matter.rule->goals) {
    const Goal& goal = matter.set->goals[at];
    const std::int64_t amount = Caps::AmountOf(goal.counted, measured);
    if (standing.in_household && matter.date >= goal.first && matter.date <= goal.last &&
        amount > 0) {
      earned.counts.push_back({goal.limit, 0, amount});
    }
  }
  return earned;
}

std::optional<BusinessDate> PeriodOf(const Rulebook& book, LimitNo limit, BusinessDate date) {
  const Limit* found = book.Find(limit);
  if (found == nullptr) {
    return std::nullopt;
  }
  return found->period == pb::PERIOD_UNSPECIFIED ? found->first : FirstOf(found->period, date);
}

}  // namespace tanhui::rules
