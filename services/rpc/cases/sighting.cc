#include "services/rpc/cases/sighting.h"

#include <algorithm>
#include <utility>

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

Done Watched(const Context& context, std::vector<std::optional<watch::Sighting>> sightings,
             Done done) {
  const bool any = std::any_of(sightings.begin(), sightings.end(),
                               [](const auto& sighting) { return sighting.has_value(); });
  if (context.case_desk == nullptr || !any) {
    return done;
  }
  return [&context, sightings = std::move(sightings),
          done = std::move(done)](std::vector<sequencer::Outcome> outcomes) {
    const LedgerTime now = context.engine.clock().Wall();
    std::vector<watch::Sighting> seen;
    for (std::size_t i = 0; i < sightings.size() && i < outcomes.size(); ++i) {
      watch::Sighting sighting = sightings[i].value_or(watch::Sighting());
      if (sightings[i].has_value() && Complete(outcomes[i], now, sighting)) {
        seen.push_back(sighting);
      }
    }
    context.case_desk->Observe(seen);
    done(std::move(outcomes));
  };
}

}  // namespace tanhui::rpc
