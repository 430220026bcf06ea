#include "tests/ledger/points/corrections/corrected.h"

#include "absl/strings/str_cat.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

Command Draft(std::string_view id, std::uint64_t target, std::uint64_t revision) {
  Command command = Reverse(id, target);
  pb::Correction& body = *command.draft.mutable_correction();
  body.set_target(target);
  body.set_expected_revision(revision);
  body.set_reason("weighed_again");
  return command;
}

}  // namespace

Command Corrected(std::string_view id, std::uint64_t target, std::uint64_t revision,
                  const Command& act) {
  Command command = Draft(id, target, revision);
  command.draft.set_caller(act.draft.caller());
  command.draft.set_act_micros(act.draft.act_micros());
  *command.draft.mutable_correction()->mutable_act() = act.draft.earning();
  return command;
}

Command Adjusted(std::string_view id, std::uint64_t target, std::uint64_t revision,
                 std::int64_t points, std::int64_t grams) {
  Command command = Draft(id, target, revision);
  pb::Adjustment& wanted = *command.draft.mutable_correction()->mutable_adjustment();
  wanted.set_points_after(points);
  wanted.set_grams_after(grams);
  return command;
}

Command ReversedAt(std::string_view id, std::uint64_t target, std::uint64_t revision,
                   std::uint64_t quantity) {
  Command command = Reverse(id, target, quantity);
  command.draft.mutable_reversal()->set_expected_revision(revision);
  return command;
}

std::string Now(const World& world) {
  const pb::Correction& body = world.last().correction();
  const pb::Earning& act = body.now();
  std::string text = absl::StrCat("r", body.revision(), " ", act.points(), " g", act.grams(),
                                  " carry ", act.carry(), " g", act.gram_carry());
  if (act.bonus_points() != 0) {
    absl::StrAppend(&text, " bonus ", act.bonus_points());
  }
  absl::StrAppend(&text, "; ", body.change() > 0 ? "+" : "", body.change());
  if (body.forgiven() != 0) {
    absl::StrAppend(&text, " forgiven ", body.forgiven());
  }
  return text;
}

}  // namespace tanhui::world
