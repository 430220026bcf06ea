#include "services/rpc/cases/sighting.h"

#include <algorithm>
#include <utility>

#include "ledger/claims/terms.h"
#include "services/rpc/cases/case_desk.h"

namespace tanhui::rpc {
namespace {

// Fills what the entry tells; `at` is when it was, or would have been, recorded.
void Fill(const Entry& entry, LedgerTime at, watch::Sighting& out) {
  out.recorded = at;
  out.ended = entry.act_micros() == 0 ? at : LedgerTime(entry.act_micros());
  out.begun = out.ended;
  out.caller = ParticipantNo(entry.caller());
  if (entry.has_award()) {
    out.citizen = AccountNo(entry.award().account());
    return;
  }
  const entry::v1::Earning& earning = entry.earning();
  out.citizen = AccountNo(earning.account());
  out.begun = LedgerTime(out.ended.value() - earning.seconds() * kMicrosPerSecond);
  out.district = earning.district();
  out.ride = earning.stations() != 0;
}

}  // namespace

bool Complete(const sequencer::Outcome& outcome, LedgerTime now, watch::Sighting& sighting) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    sighting.refused = refusal->reason;
    sighting.recorded = now;
    sighting.ended = sighting.ended.value() == 0 ? now : sighting.ended;
    return refusal->reason == Reason::kCapReached;
  }
  const auto& accepted = std::get<sequencer::Accepted>(outcome);
  sighting.entry = accepted.index;
  Fill(accepted.entry, LedgerTime(accepted.entry.recorded_micros()), sighting);
  // A booking earns nothing; its weighing is the act.
  return !accepted.replayed && accepted.entry.earning().weighing() != entry::v1::WEIGHING_BOOKED;
}

std::optional<watch::Sighting> SightingOf(const Command& command, std::uint64_t device) {
  if (!command.draft.has_award() && !command.draft.has_earning()) {
    return std::nullopt;
  }
  watch::Sighting out;
  out.device = device;
  Fill(command.draft, LedgerTime(0), out);
  return out;
}

std::optional<watch::CouponSighting> CouponSightingOf(const Command& command,
                                                      std::uint64_t device) {
  const bool is_watched =
      command.draft.has_coupon_redemption() || (command.draft.has_coupon_issue() && device != 0);
  if (!is_watched) {
    return std::nullopt;
  }
  watch::CouponSighting out;
  out.device = device;
  return out;
}

bool Complete(const sequencer::Outcome& outcome, const Registry& registry,
              watch::CouponSighting& sighting) {
  const auto* accepted = std::get_if<sequencer::Accepted>(&outcome);
  if (accepted == nullptr || accepted->replayed) {
    return false;
  }
  sighting.at = LedgerTime(accepted->entry.recorded_micros());
  sighting.entry = accepted->index;
  if (accepted->entry.has_coupon_issue()) {
    sighting.citizen = AccountNo(accepted->entry.coupon_issue().account());
    sighting.coupon = accepted->index;
    return true;
  }
  const entry::v1::CouponRedemption& use = accepted->entry.coupon_redemption();
  sighting.citizen = AccountNo(use.account());
  sighting.coupon = EntryIndex(use.coupon());
  const auto ladder = claims::LadderOf(registry, AccountNo(use.order().merchant()));
  sighting.merchant = ladder.has_value() ? ladder->merchant : ParticipantNo(0);
  return ladder.has_value();
}

Seen SeenOf(const Command& command, std::uint64_t device) {
  if (auto act = SightingOf(command, device)) {
    return *std::move(act);
  }
  if (auto coupon = CouponSightingOf(command, device)) {
    return *std::move(coupon);
  }
  return std::monostate();
}

Done Watched(const Context& context, std::vector<Seen> seen, Done done) {
  const bool any = std::any_of(seen.begin(), seen.end(), [](const Seen& one) {
    return !std::holds_alternative<std::monostate>(one);
  });
  if (context.case_desk == nullptr || !any) {
    return done;
  }
  return [&context, seen = std::move(seen),
          done = std::move(done)](std::vector<sequencer::Outcome> outcomes) {
    const LedgerTime now = context.engine.clock().Wall();
    const auto registry = context.engine.registry();
    std::vector<watch::Sighting> acts;
    std::vector<watch::CouponSighting> coupons;
    for (std::size_t i = 0; i < seen.size() && i < outcomes.size(); ++i) {
      if (const auto* begun = std::get_if<watch::Sighting>(&seen[i])) {
        watch::Sighting act = *begun;
        if (Complete(outcomes[i], now, act)) {
          acts.push_back(act);
        }
      } else if (const auto* of_coupon = std::get_if<watch::CouponSighting>(&seen[i])) {
        watch::CouponSighting coupon = *of_coupon;
        if (Complete(outcomes[i], *registry, coupon)) {
          coupons.push_back(coupon);
        }
      }
    }
    if (!acts.empty()) {
      context.case_desk->Observe(acts);
    }
    if (!coupons.empty()) {
      context.case_desk->Observe(coupons);
    }
    done(std::move(outcomes));
  };
}

}  // namespace tanhui::rpc
