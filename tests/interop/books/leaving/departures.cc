#include "tests/interop/books/leaving/departures.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "interop/books/step_requests.h"
#include "ledger/core/check.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

Command Draft(std::string_view id, ParticipantNo caller) {
  Command command = By(CreateScheme(id, "any"), caller);
  command.draft.clear_body();
  return command;
}

Command Decide(const interop::ExchangeId& id, EntryIndex preparation) {
  Command command = Draft(interop::DecideText(id), kRiver);
  pb::ExchangeDecision& decision = *command.draft.mutable_exchange_decision();
  decision.set_peer(kRiver.value());
  decision.set_exchange_id(std::string(id.view()));
  decision.set_preparation(preparation.value());
  decision.set_outcome(pb::EXCHANGE_OUTCOME_ABORTED);
  return command;
}

}  // namespace

Command SendAt(LedgerTime now, std::string_view id, AccountNo account, std::int64_t points,
               const ChangePreparation& change) {
  constexpr std::int64_t kMinutes = 30;
  Command command = Draft(id, kPlatform);
  pb::ExchangePreparation& body = *command.draft.mutable_exchange_preparation();
  body.set_peer(kRiver.value());
  body.set_account(account.value());
  body.set_points(points);
  body.set_kind(pb::EXCHANGE_KIND_POINTS);
  body.set_sender(std::string(kSender));
  body.set_recipient(std::string(kRecipient));
  body.set_expiry_micros(now.value() + kMinutes * kMicrosPerMinute);
  if (change != nullptr) {
    change(body);
  }
  return command;
}

ChangePreparation Paying(std::int64_t price) {
  return [price](pb::ExchangePreparation& body) {
    body.set_kind(pb::EXCHANGE_KIND_PAYMENT);
    body.set_to_points(price);
  };
}

Command PayThere(const World& world, std::string_view id, AccountNo account, std::int64_t price,
                 std::int64_t most) {
  return Send(world, id, account, most, Paying(price));
}

const pb::ExchangeTerms& TermsAt(const World& world, std::uint64_t preparation) {
  const Entry& entry = world.entries().at(preparation);
  Check(entry.has_exchange_preparation(), "a test's entry is no preparation");
  return entry.exchange_preparation().terms();
}

interop::ExchangeId IdAt(const World& world, std::uint64_t preparation) {
  return interop::ExchangeId::FromView(TermsAt(world, preparation).exchange_id());
}

pb::PeerProof AnyProof() {
  pb::PeerProof proof;
  proof.set_index(7);
  proof.set_size(9);
  proof.set_root(Sha256("root"));
  proof.set_message_hash(Sha256("message"));
  return proof;
}

Command CommitIt(const interop::ExchangeId& id) {
  Command command = Decide(id, interop::PreparationOf(id));
  command.draft.mutable_exchange_decision()->set_outcome(pb::EXCHANGE_OUTCOME_COMMITTED);
  *command.draft.mutable_exchange_decision()->mutable_proof() = AnyProof();
  return command;
}

Command AbortIt(const interop::ExchangeId& id, std::string_view reason) {
  Command command = Decide(id, interop::PreparationOf(id));
  command.draft.mutable_exchange_decision()->set_reason(std::string(reason));
  return command;
}

Command ReturnIt(const interop::ExchangeId& id) {
  Command command = Draft(interop::ReturnText(id), kRiver);
  command.draft.mutable_exchange_return()->set_preparation(interop::PreparationOf(id).value());
  return command;
}

Command Block(const interop::ExchangeId& id) {
  Command command = Decide(id, EntryIndex(0));
  command.draft.mutable_exchange_decision()->set_reason("never_prepared");
  return command;
}

std::string Away(const World& world) {
  return absl::StrCat("departed ", world.BalanceOf(kDeparted), " leaving ",
                      world.BalanceOf(kLeaving));
}

}  // namespace tanhui::world
