#include "tests/ledger/core/commands.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>

#include "ledger/core/check.h"

namespace tanhui::world {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kOwnerBytes = 16;

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

// What a service leaves out of the digest: the ids that are drawn for the request.
void ClearDrawn(const Command& command, Entry& asked) {
  if (asked.has_account_opening()) {
    asked.mutable_account_opening()->clear_account_id();
    if (command.owner_drawn) {
      asked.mutable_account_opening()->clear_owner_id();
    }
  }
  if (asked.has_unit_creation()) {
    asked.mutable_unit_creation()->clear_account_id();
  }
  if (asked.has_household_opening()) {
    asked.mutable_household_opening()->clear_account_id();
  }
}

}  // namespace

Terms Transfers(TransferPolicy policy, std::int64_t daily_cap) {
  Terms terms;
  terms.transfers = policy;
  terms.transfer_daily_cap = Amount(daily_cap);
  return terms;
}

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
                    std::int64_t max_amount, const Terms& terms) {
  Command command = By(Draft(id), kOperator);
  auto& body = *command.draft.mutable_asset_creation();
  body.set_code(std::string(code));
  body.set_display_name("asset " + std::string(code));
  body.set_scheme(scheme.value());
  body.set_max_amount(max_amount);
  *body.mutable_terms() = WriteTerms(terms);
  return command;
}

Command SetTerms(std::string_view id, AssetNo asset, const Terms& terms) {
  Command command = By(Draft(id), kOperator);
  auto& body = *command.draft.mutable_terms_change();
  body.set_asset(asset.value());
  *body.mutable_terms() = WriteTerms(terms);
  return command;
}

Command OpenCitizen(std::string_view id, AssetNo asset, std::optional<char> owner) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_account_opening();
  body.set_kind(entry::v1::ACCOUNT_KIND_CITIZEN);
  body.set_asset(asset.value());
  if (owner.has_value()) {
    body.set_owner_id(std::string(kOwnerBytes, *owner));
  }
  return command;
}

Command OpenMinor(std::string_view id, AssetNo asset) {
  Command command = OpenCitizen(id, asset);
  command.draft.mutable_account_opening()->set_minor(true);
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

Command OpenCharity(std::string_view id, AssetNo asset, ParticipantNo charity) {
  Command command = OpenMerchant(id, asset, charity);
  command.draft.mutable_account_opening()->set_kind(entry::v1::ACCOUNT_KIND_CHARITY);
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

Command OpenDatedBudget(std::string_view id, std::string_view code, BusinessDate first,
                        BusinessDate last, std::uint32_t return_days) {
  Command command = OpenBudget(id, code, kSponsor, kPoints);
  auto& body = *command.draft.mutable_budget_opening();
  body.set_first_date(first.value());
  body.set_last_date(last.value());
  body.set_return_days(return_days);
  return command;
}

Command Fund(std::string_view id, AccountNo budget, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_funding();
  body.set_budget(budget.value());
  body.set_points(points);
  return command;
}

Command ReturnBudget(std::string_view id, AccountNo budget) {
  Command command = Draft(id);
  command.draft.mutable_budget_return()->set_budget(budget.value());
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

Command Redeem(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points,
               AccountNo acting) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_redemption();
  body.set_account(account.value());
  body.set_merchant(merchant.value());
  body.set_points(points);
  body.set_acting(acting.value());
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

Command Donate(std::string_view id, AccountNo account, AccountNo charity, std::int64_t points,
               AccountNo acting) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_donation();
  body.set_account(account.value());
  body.set_charity(charity.value());
  body.set_points(points);
  body.set_acting(acting.value());
  return command;
}

Command HoldPoints(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points,
                   LedgerTime deadline, AccountNo acting) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_hold();
  body.set_account(account.value());
  body.set_merchant(merchant.value());
  body.set_points(points);
  body.set_deadline_micros(deadline.value());
  body.set_acting(acting.value());
  return command;
}

Command Capture(std::string_view id, std::uint64_t hold, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_capture();
  body.set_hold(hold);
  body.set_points(points);
  return command;
}

Command Release(std::string_view id, std::uint64_t hold) {
  Command command = Draft(id);
  command.draft.mutable_release()->set_hold(hold);
  return command;
}

Command Refund(std::string_view id, std::uint64_t target, std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_refund();
  body.set_target(target);
  body.set_points(points);
  return command;
}

Command Reverse(std::string_view id, std::uint64_t target, std::uint64_t quantity,
                std::string_view reason) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_reversal();
  body.set_target(target);
  body.set_quantity(quantity);
  body.set_reason(std::string(reason));
  return command;
}

Command Cancel(std::string_view id, std::string_view target) {
  Command command = Draft(id);
  command.draft.mutable_cancellation()->set_target_request_id(Stored(target));
  return command;
}

Command SetStatus(std::string_view id, AccountNo account, AccountStatus status,
                  std::string_view reason) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_status_change();
  body.set_account(account.value());
  body.set_status(static_cast<entry::v1::AccountStatus>(status));
  body.set_reason(std::string(reason));
  return command;
}

Command Close(std::string_view id, AccountNo account, bool forfeit, std::string_view reason) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_closing();
  body.set_account(account.value());
  body.set_forfeit(forfeit);
  body.set_reason(std::string(reason));
  return command;
}

Command Merge(std::string_view id, AccountNo from, AccountNo into) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_merge();
  body.set_from(from.value());
  body.set_into(into.value());
  return command;
}

Command Guardian(std::string_view id, AccountNo account, AccountNo guardian,
                 entry::v1::GuardianAction action) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_guardianship();
  body.set_account(account.value());
  body.set_guardian(guardian.value());
  body.set_action(action);
  return command;
}

Command Consent(std::string_view id, AccountNo account, AccountNo guardian) {
  return Guardian(id, account, guardian, entry::v1::GUARDIAN_ACTION_CONSENT);
}

Command HandOver(std::string_view id, AccountNo account) {
  return Guardian(id, account, AccountNo(0), entry::v1::GUARDIAN_ACTION_HAND_OVER);
}

Command OpenHousehold(std::string_view id, AssetNo asset, AccountNo head) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_household_opening();
  body.set_asset(asset.value());
  body.set_head(head.value());
  return command;
}

Command ChangeHousehold(std::string_view id, AccountNo household, AccountNo member,
                        entry::v1::HouseholdAction action, AccountNo acting,
                        std::int64_t daily_limit) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_household_change();
  body.set_household(household.value());
  body.set_member(member.value());
  body.set_action(action);
  body.set_daily_limit(daily_limit);
  body.set_acting(acting.value());
  return command;
}

Command Invite(std::string_view id, AccountNo household, AccountNo member, AccountNo head,
               std::int64_t daily_limit) {
  return ChangeHousehold(id, household, member, entry::v1::HOUSEHOLD_ACTION_INVITE, head,
                         daily_limit);
}

Command Accept(std::string_view id, AccountNo household, AccountNo member) {
  return ChangeHousehold(id, household, member, entry::v1::HOUSEHOLD_ACTION_ACCEPT, member);
}

Command Leave(std::string_view id, AccountNo household, AccountNo member) {
  return ChangeHousehold(id, household, member, entry::v1::HOUSEHOLD_ACTION_LEAVE, member);
}

Command Contribute(std::string_view id, AccountNo household, AccountNo member,
                   std::int64_t points) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_contribution();
  body.set_household(household.value());
  body.set_member(member.value());
  body.set_points(points);
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

Command Privileged(Command command) {
  command.privileged = true;
  return By(std::move(command), kOperator);
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

Command Linkage(std::string_view id, AccountNo account, entry::v1::LinkStep step, char user,
                char former) {
  Command command = Merge(id, account, account);
  entry::v1::Linkage& linkage = *command.draft.mutable_linkage();  // replaces the oneof
  linkage.set_account(account.value());
  linkage.set_step(step);
  const auto key = [](char letter) {
    return PlatformUserKey::FromView(std::string(PlatformUserKey::kSize, letter));
  };
  if (user != '\0') {
    command.platform_user = key(user);
  }
  if (former != '\0') {
    command.former_user = key(former);
  }
  return command;
}

Command WithReference(Command command, std::string_view text) {
  command.reference = std::string(text);
  return command;
}

Command WithItems(Command award, std::uint64_t quantity) {
  award.draft.mutable_award()->set_quantity(quantity);
  return award;
}

Command WithGrams(Command award, std::int64_t grams) {
  award.draft.mutable_award()->set_grams(grams);
  return award;
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
  ClearDrawn(command, asked);
  std::string text = "tanhui.request.v1\n";
  text.push_back(static_cast<char>((command.platform_user.has_value() ? 1 : 0) |
                                   (command.former_user.has_value() ? 2 : 0)));
  for (const auto& user : {command.platform_user, command.former_user}) {
    text.append(user.has_value() ? user->view() : std::string_view());
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
  return Sha256(std::string(mac.begin(), mac.begin() + kSaltBytes) + command.reference);
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

}  // namespace tanhui::world
