#include "tests/interop/books/arrivals.h"

#include "absl/strings/str_cat.h"
#include "interop/books/step_requests.h"
#include "tests/interop/books/leaving/departures.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;
using interop::ExchangeId;

constexpr std::size_t kPseudonym = 16;

// A command of the peer with this request id and nothing else.
Command Draft(std::string_view id) {
  Command command = By(CreateScheme(id, "any"), kRiver);
  command.draft.clear_body();
  return command;
}

ExchangeId IdOf(const pb::ExchangeTerms& terms) {
  return ExchangeId::FromView(terms.exchange_id());
}

void AddLot(std::uint32_t month, std::string_view city, std::int64_t points,
            pb::ExchangeTerms& terms) {
  constexpr std::int64_t kGrams = 10;  // of a point here
  pb::ExchangeLot& lot = *terms.add_lots();
  lot.set_expiry_month(month);
  lot.set_city(std::string(city));
  lot.set_points(points);
  lot.set_grams(points * kGrams);
}

}  // namespace

pb::ExchangeTerms ArrivalAt(LedgerTime now, std::uint64_t n, const ChangeExchange& change) {
  pb::ExchangeTerms terms;
  terms.set_exchange_id(std::string(interop::IdOf(EntryIndex(1'000 + n), now).view()));
  terms.set_origin(std::string(kRiverLog));
  terms.set_destination(std::string(kOurLog));
  terms.set_kind(pb::EXCHANGE_KIND_POINTS);
  terms.set_from_points(60);
  terms.set_grams(400);
  terms.set_to_points(40);
  terms.set_fen(12);
  terms.set_rates(1);
  terms.set_sender(std::string(kPseudonym, 'S'));
  terms.set_recipient(std::string(kPseudonym, 'R'));
  terms.set_expiry_micros(now.value() + 30 * kMicrosPerMinute);
  AddLot(661, kRiverLog, 30, terms);
  AddLot(662, kOurLog, 10, terms);
  if (change != nullptr) {
    change(terms);
  }
  return terms;
}

void AsPayment(pb::ExchangeTerms& terms) {
  terms.set_kind(pb::EXCHANGE_KIND_PAYMENT);
  terms.clear_lots();
}

Command Receive(const pb::ExchangeTerms& terms, std::string_view reason) {
  Command command = Draft(interop::ReceiveText(IdOf(terms)));
  pb::ExchangeReception& body = *command.draft.mutable_exchange_reception();
  body.set_peer(kRiver.value());
  body.set_exchange_id(terms.exchange_id());
  *body.mutable_terms() = terms;
  body.set_reason(std::string(reason));
  return command;
}

Command BlockArrival(std::string_view exchange_id) {
  Command command = Draft(interop::ReceiveText(ExchangeId::FromView(exchange_id)));
  pb::ExchangeReception& body = *command.draft.mutable_exchange_reception();
  body.set_peer(kRiver.value());
  body.set_exchange_id(std::string(exchange_id));
  return command;
}

Command ConfirmArrival(const pb::ExchangeTerms& terms, std::uint64_t reception, AccountNo account,
                       std::uint64_t window) {
  Command command = Draft(interop::ConcludeText(IdOf(terms)));
  pb::ExchangeConclusion& body = *command.draft.mutable_exchange_conclusion();
  body.set_reception(reception);
  body.set_end(pb::EXCHANGE_END_CONFIRMED);
  *body.mutable_proof() = AnyProof();
  body.set_window(window);
  body.set_account(account.value());
  return command;
}

Command CancelArrival(const pb::ExchangeTerms& terms, std::uint64_t reception) {
  Command command = ConfirmArrival(terms, reception, AccountNo(0), 0);
  command.draft.mutable_exchange_conclusion()->set_end(pb::EXCHANGE_END_CANCELLED);
  return command;
}

Command StepWindow(std::string_view id, std::uint64_t window, pb::WindowAction action,
                   const ChangeStep& change) {
  Command command = Draft(id);
  pb::WindowStep& body = *command.draft.mutable_window_step();
  body.set_peer(kRiver.value());
  body.set_window(window);
  body.set_action(action);
  if (change != nullptr) {
    change(body);
  }
  return command;
}

Command TheirList(std::string_view id, std::uint64_t window, std::uint64_t items) {
  return StepWindow(id, window, pb::WINDOW_ACTION_THEIR_LIST, [items](pb::WindowStep& step) {
    step.set_items(items);
    step.set_digest(Sha256(absl::StrCat("list of ", items)));
  });
}

Command TheirMissing(std::string_view id, std::uint64_t window) {
  return StepWindow(id, window, pb::WINDOW_ACTION_THEIR_MISSING);
}

Command StateWindow(std::string_view id, const settlement::Statement& statement) {
  return StepWindow(id, statement.window, pb::WINDOW_ACTION_STATE,
                    [&statement](pb::WindowStep& step) { step.set_statement(TextOf(statement)); });
}

Command AgreeWindow(std::string_view id, const settlement::Statement& statement) {
  return StepWindow(id, statement.window, pb::WINDOW_ACTION_AGREE,
                    [&statement](pb::WindowStep& step) {
                      step.set_note(SignedBy(TextOf(statement), {RiverSigner()}));
                    });
}

Command SettleWindow(std::string_view id, std::uint64_t window) {
  return StepWindow(id, window, pb::WINDOW_ACTION_SETTLE,
                    [](pb::WindowStep& step) { step.set_reference("transfer 12"); });
}

settlement::Statement StatementOf(std::uint64_t window, std::int64_t owed, std::int64_t due) {
  settlement::CityPart ours;
  ours.city = std::string(kOurLog);
  ours.fen = owed;
  settlement::CityPart theirs;
  theirs.city = std::string(kRiverLog);
  theirs.fen = due;
  return settlement::MakeStatement(window, ours, theirs);
}

std::string PeerAccounts(const World& world) {
  return absl::StrCat("departed ", world.BalanceOf(kDeparted), " arrived ",
                      world.BalanceOf(kArrived), " leaving ", world.BalanceOf(kLeaving), " coming ",
                      world.BalanceOf(kComing));
}

}  // namespace tanhui::world
