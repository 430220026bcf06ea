#include "tests/ledger/core/world.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <span>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/points/points_book.h"

namespace tanhui::world {
namespace {

constexpr std::size_t kIdBytes = 16;

Command Draft(std::string_view id) {
  Command command;
  const auto request = RequestId::FromText(id);
  Check(request.has_value(), "a test's request id");
  command.draft.set_caller(kPlatform.value());
  command.draft.set_request_id(std::string(request->stored()));
  return command;
}

std::string Stored(std::string_view id) { return std::string(RequestId::FromText(id)->stored()); }

const unsigned char* Raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::span<const Book> Books() {
  static const std::array<Book, 1> books = {points::PointsBook()};
  return books;
}

}  // namespace

Command CreateScheme(std::string_view id, std::string_view code, std::uint32_t cutoff_minute) {
  Command command = By(Draft(id), kOperator);
  auto& body = *command.draft.mutable_scheme_creation();
  body.set_code(std::string(code));
  body.set_display_name("scheme " + std::string(code));
  body.set_cutoff_minute(cutoff_minute);
  return command;
}

Command CreateParticipant(std::string_view id, std::string_view code, ParticipantKind kind) {
  Command command = By(Draft(id), kOperator);
  auto& body = *command.draft.mutable_participant_creation();
  body.set_code(std::string(code));
  body.set_display_name("participant " + std::string(code));
  body.set_kind(static_cast<entry::v1::ParticipantKind>(kind));
  return command;
}

Command CreateAsset(std::string_view id, std::string_view code, SchemeNo scheme,
                    std::int64_t max_amount, bool transfers_allowed) {
  Command command = By(Draft(id), kOperator);
  auto& body = *command.draft.mutable_asset_creation();
  body.set_code(std::string(code));
  body.set_display_name("asset " + std::string(code));
  body.set_scheme(scheme.value());
  body.set_max_amount(max_amount);
  body.set_transfers_allowed(transfers_allowed);
  return command;
}

Command OpenCitizen(std::string_view id, AssetNo asset, std::optional<char> owner) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_account_opening();
  body.set_kind(entry::v1::ACCOUNT_KIND_CITIZEN);
  body.set_asset(asset.value());
  if (owner.has_value()) {
    body.set_owner_id(std::string(kIdBytes, *owner));
  }
  return command;
}

Command OpenMerchant(std::string_view id, AssetNo asset, ParticipantNo merchant) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_account_opening();
  body.set_kind(entry::v1::ACCOUNT_KIND_MERCHANT);
  body.set_asset(asset.value());
  body.set_participant(merchant.value());
  return command;
}

Command OpenBudget(std::string_view id, std::string_view code, ParticipantNo sponsor,
                   AssetNo asset) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_budget_opening();
  body.set_code(std::string(code));
  body.set_display_name("budget " + std::string(code));
  body.set_sponsor(sponsor.value());
  body.set_asset(asset.value());
  return command;
}

Command Fund(std::string_view id, AccountNo budget, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_funding();
  body.set_budget(budget.value());
  body.set_points(points);
  return command;
}

Command Award(std::string_view id, AccountNo account, AccountNo budget, std::int64_t points,
              std::string_view scenario) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_award();
  body.set_account(account.value());
  body.set_budget(budget.value());
  body.set_points(points);
  body.set_scenario(std::string(scenario));
  return command;
}

Command Redeem(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_redemption();
  body.set_account(account.value());
  body.set_merchant(merchant.value());
  body.set_points(points);
  return command;
}

Command Transfer(std::string_view id, AccountNo from, AccountNo to, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_transfer();
  body.set_from(from.value());
  body.set_to(to.value());
  body.set_points(points);
  return command;
}

Command Cancel(std::string_view id, std::string_view target) {
  Command command = Draft(id);
  command.draft.mutable_cancellation()->set_target_request_id(Stored(target));
  return command;
}

Command RecordFile(std::string_view file_id, std::string_view supersedes) {
  Command command = Draft("file:" + std::string(file_id));
  auto& body = *command.draft.mutable_file_record();
  body.set_file_id(std::string(file_id));
  body.set_sha256(Sha256(file_id));
  body.set_period_start(19'780);
  body.set_period_end(19'781);
  body.set_lines(3);
  auto& awarded = *body.add_awarded();
  awarded.set_scenario("metro_ride");
  awarded.set_awards(2);
  auto& refused = *body.add_refused();
  refused.set_reason("orphan_in");
  refused.set_lines(1);
  body.set_points(54);
  body.set_supersedes_file_id(std::string(supersedes));
  return command;
}

Command By(Command command, ParticipantNo caller) {
  command.draft.set_caller(caller.value());
  return command;
}

Command ActAt(Command command, LedgerTime act) {
  command.draft.set_act_micros(act.value());
  return command;
}

Command NotAfter(Command command, LedgerTime last) {
  command.not_after = last;
  return command;
}

Command ForUser(Command command, char user) {
  command.platform_user = PlatformUserKey::FromView(std::string(PlatformUserKey::kSize, user));
  return command;
}

Command WithReference(Command command, std::string_view text) {
  command.reference = std::string(text);
  return command;
}

std::string Sha256(std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Raw(text), text.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string RequestDigest(const Command& command) {
  Entry asked;
  asked.CopyFrom(command.draft);
  asked.clear_request_digest();
  asked.clear_reference_commitment();
  if (asked.has_account_opening()) {
    asked.mutable_account_opening()->clear_account_id();
    if (command.owner_drawn) {
      asked.mutable_account_opening()->clear_owner_id();
    }
  }
  std::string text = "tanhui.request.v1\n";
  text.push_back(command.platform_user.has_value() ? '\x01' : '\0');
  if (command.platform_user.has_value()) {
    text.append(command.platform_user->view());
  }
  return Sha256(text + asked.SerializeAsString());
}

std::string ReferenceCommitment(const Command& command) {
  if (command.reference.empty()) {
    return {};
  }
  static constexpr std::string_view kKey = "the reference key of a test     ";
  const std::uint32_t caller = command.draft.caller();
  std::string named;
  for (const int shift : {24, 16, 8, 0}) {
    named.push_back(static_cast<char>(caller >> shift & 0xff));
  }
  named += command.draft.request_id();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> mac{};
  HMAC(EVP_sha256(), kKey.data(), static_cast<int>(kKey.size()), Raw(named), named.size(),
       mac.data(), nullptr);
  return Sha256(std::string(mac.begin(), mac.begin() + kIdBytes) + command.reference);
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string Text(const Refusal& refusal) {
  std::string text(RowOf(refusal.reason).name);
  if (!refusal.field.empty()) {
    text += " " + refusal.field;
  }
  for (const auto& [key, value] : refusal.facts) {
    text.append(" ").append(key).append("=").append(value);
  }
  return text;
}

World::World(Cast cast) : ledger_(Books()) {
  Take(GenesisEntry("tanhui.example/test", now_));
  Take(OperatorEntry(state_, "operator", now_));
  if (cast == Cast::kEmpty) {
    return;
  }
  using Kind = ParticipantKind;
  const Command cast_commands[] = {
      CreateParticipant("p2", "platform", Kind::kPlatform),
      CreateParticipant("p3", "other-platform", Kind::kPlatform),
      CreateParticipant("p4", "mall", Kind::kMerchant),
      CreateParticipant("p5", "sponsor", Kind::kSponsor),
      CreateParticipant("p6", "district", Kind::kDistrict),
      CreateParticipant("p7", "kiosk", Kind::kMerchant),
      CreateScheme("s1", "midnight"),
      CreateScheme("s2", "late-evening", 23 * 60),
      CreateAsset("as1", "points", kMidnight),
      CreateAsset("as2", "stamps", kLateEvening, kLimit, false),
      By(OpenCitizen("ac3", kPoints), kOperator),
      By(OpenCitizen("ac4", kPoints), kOperator),
      By(OpenCitizen("ac5", kStamps), kOperator),
      By(OpenCitizen("ac6", kStamps), kOperator),
      By(OpenMerchant("ac7", kPoints, kMall), kOperator),
      By(OpenMerchant("ac8", kStamps, kMall), kOperator),
      By(OpenBudget("b9", "budget", kSponsor, kPoints), kOperator),
      By(OpenBudget("b10", "stamp-budget", kDistrict, kStamps), kOperator),
  };
  for (const Command& command : cast_commands) {
    Check(Ask(command) == "OK", "the cast of a test");
  }
  Check(state_.head().next_account == kNextAccount, "the cast of a test");
}

Command World::Complete(Command command) const {
  Entry& draft = command.draft;
  if (draft.has_account_opening()) {
    auto& opening = *draft.mutable_account_opening();
    const std::string drawn = Sha256("drawn " + std::to_string(++drawn_));
    opening.set_account_id(drawn.substr(0, kIdBytes));
    if (opening.kind() == entry::v1::ACCOUNT_KIND_CITIZEN && opening.owner_id().empty()) {
      opening.set_owner_id(drawn.substr(kIdBytes));
      command.owner_drawn = true;
    }
  }
  draft.set_request_digest(RequestDigest(command));
  draft.set_reference_commitment(ReferenceCommitment(command));
  return command;
}

Decision World::DecideOn(const State& state, const Command& command) const {
  const Entry* target = nullptr;
  if (command.draft.has_cancellation()) {
    const auto id = RequestId::FromStored(command.draft.cancellation().target_request_id());
    const auto record = state.FindRequest({ParticipantNo(command.draft.caller()), *id});
    if (record.has_value() && !record->blocked()) {
      target = &entries_.at(record->entry.value());
    }
  }
  return ledger_.Decide(state, DecideInput{now_, command, target});
}

std::string World::AskCompleted(const Command& completed) {
  Decision decision = DecideOn(state_, completed);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return Text(*refusal);
  }
  if (const auto* seen = std::get_if<Seen>(&decision)) {
    return SeenText(seen->record, completed);
  }
  Entry& entry = std::get<Entry>(decision);
  if (completed.platform_user.has_value()) {
    state_.PutPlatformUser(*completed.platform_user, AccountNo(entry.account_opening().number()));
  }
  Take(std::move(entry));
  return "OK";
}

std::string World::SeenText(const RequestRecord& record, const Command& command) const {
  const std::string index = std::to_string(record.entry.value());
  if (record.blocked()) {
    return "BLOCKED " + index;
  }
  if (const auto field = ConflictingField(entries_.at(record.entry.value()), command)) {
    return "SEEN " + index + " OTHER " + *field;
  }
  return record.cancelled_by.has_value()
             ? "SEEN " + index + " CANCELLED " + std::to_string(record.cancelled_by->value())
             : "SEEN " + index;
}

void World::Take(Entry entry) {
  ledger_.Apply(state_, entry);
  entries_.push_back(std::move(entry));
}

std::string World::FaultOf(const Entry& entry) const {
  State copy = state_;
  const Fault fault = ledger_.TryApply(copy, entry);
  return fault.has_value() ? std::string(*fault) : "OK";
}

std::int64_t World::BalanceOf(AccountNo number) const {
  const Account* account = state_.FindAccount(number);
  Check(account != nullptr, "a test's account");
  return account->balance.units();
}

void World::SetBalance(AccountNo number, std::int64_t units) {
  Account account = *state_.FindAccount(number);
  account.balance = Amount(units);
  state_.PutAccount(number, account);
}

std::optional<RequestRecord> World::Find(std::string_view id, ParticipantNo caller) const {
  return state_.FindRequest({caller, *RequestId::FromText(id)});
}

void World::BeginTrial() {
  state_.BeginTrial();
  trial_start_ = entries_.size();
}

void World::UndoTrial() {
  state_.UndoTrial();
  entries_.resize(trial_start_);
}

}  // namespace tanhui::world
