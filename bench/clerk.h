// Commands for benchmarks of the engine without gRPC, as services/rpc makes them.
#ifndef TANHUI_BENCH_CLERK_H_
#define TANHUI_BENCH_CLERK_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/request_ids.h"
#include "ledger/books/all_books.h"
#include "ledger/core/ledger.h"
#include "ledger/core/registry.h"
#include "ledger/merkle/hash.h"
#include "ledger/store/record.h"

namespace tanhui::bench {

inline constexpr std::uint64_t kBudgets = 100;
inline constexpr std::int64_t kPoints = 27;  // what a metro ride earns
inline constexpr std::size_t kSetupBatch = 4'000;
// Numbers are dense: the asset's issuance and expiry accounts are 1 and 2, then come budgets, then
// citizens.
inline constexpr std::uint64_t kFirstBudget = 3;
inline constexpr std::uint64_t kFirstCitizen = kFirstBudget + kBudgets;
inline constexpr std::uint32_t kOperator = 1;
inline constexpr std::uint32_t kSponsor = 2;
inline constexpr std::uint32_t kFirstMerchant = 3;  // participants, one for each budget
inline constexpr std::uint32_t kScheme = 1;
inline constexpr std::uint32_t kAsset = 1;

inline const Ledger& TheLedger() {
  static const Ledger ledger(AllBooks());
  return ledger;
}

// Commands as services/rpc makes them: ids in their stored form, a digest over the intent.
class Clerk {
 public:
  // Awards come from the first `paying` of the budgets.
  explicit Clerk(IdKind ids, std::uint64_t citizens = 100'000, std::uint64_t paying = kBudgets)
      : ids_(ids, 1), dice_(2), citizens_(citizens), paying_(paying) {}

  Command Award() { return Award(dice_.Below(citizens_), dice_.Below(paying_)); }

  // To a citizen and from a budget, each counted from 0.
  Command Award(std::uint64_t citizen, std::uint64_t budget) {
    Command command;
    entry::v1::Award& award = *command.draft.mutable_award();
    award.set_account(kFirstCitizen + citizen);
    award.set_budget(kFirstBudget + budget);
    award.set_points(kPoints);
    award.set_scenario("metro_ride");
    return Sealed(std::move(command));
  }

  // A point of a citizen at a merchant, each counted from 0.
  Command Redemption(std::uint64_t citizen, std::uint64_t merchant) {
    Command command;
    entry::v1::Redemption& redemption = *command.draft.mutable_redemption();
    redemption.set_account(kFirstCitizen + citizen);
    redemption.set_merchant(kFirstCitizen + citizens_ + merchant);
    redemption.set_points(1);
    return Sealed(std::move(command));
  }

  // Half awards and half redemptions: each citizen of a pair earns and at once spends a point, at
  // one of as many merchants as budgets pay.
  std::vector<Command> Visits(std::size_t count) {
    std::vector<Command> commands;
    commands.reserve(count);
    while (commands.size() < count) {
      const std::uint64_t citizen = dice_.Below(citizens_);
      commands.push_back(Award(citizen, dice_.Below(paying_)));
      commands.push_back(Redemption(citizen, dice_.Below(paying_)));
    }
    return commands;
  }

  std::vector<Command> Awards(std::size_t count) {
    std::vector<Command> commands;
    commands.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      commands.push_back(Award());
    }
    return commands;
  }

  // Everything that awards need, in order of their numbers.
  std::vector<Command> Setup() {
    std::vector<Command> commands = Institutions();
    for (std::uint64_t i = 0; i < citizens_; ++i) {
      commands.push_back(OpenCitizen());
    }
    return commands;
  }

  // All of it but the citizens, who come next.
  std::vector<Command> Institutions() {
    std::vector<Command> commands;
    Command sponsor;
    auto& participant = *sponsor.draft.mutable_participant_creation();
    participant.set_code("sponsor");
    participant.set_display_name("Sponsor");
    participant.set_kind(entry::v1::PARTICIPANT_KIND_SPONSOR);
    commands.push_back(Sealed(std::move(sponsor)));
    Command scheme;
    scheme.draft.mutable_scheme_creation()->set_code("bench");
    scheme.draft.mutable_scheme_creation()->set_display_name("Bench");
    commands.push_back(Sealed(std::move(scheme)));
    Command asset;
    auto& creation = *asset.draft.mutable_asset_creation();
    creation.set_code("points");
    creation.set_display_name("Points");
    creation.set_scheme(kScheme);
    creation.set_max_amount(1'000'000);
    *creation.mutable_terms() = WriteTerms(Terms{});
    commands.push_back(Sealed(std::move(asset)));
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      commands.push_back(OpenBudget(i));
    }
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      Command fund;
      fund.draft.mutable_funding()->set_budget(kFirstBudget + i);
      fund.draft.mutable_funding()->set_points(1'000'000'000'000);
      commands.push_back(Sealed(std::move(fund)));
    }
    return commands;
  }

  // Merchants and their accounts, which come right after the citizens.
  std::vector<Command> Merchants() {
    std::vector<Command> commands;
    for (std::uint64_t i = 0; i < kBudgets; ++i) {
      Command merchant;
      auto& participant = *merchant.draft.mutable_participant_creation();
      participant.set_code("merchant-" + std::to_string(i));
      participant.set_display_name("Merchant");
      participant.set_kind(entry::v1::PARTICIPANT_KIND_MERCHANT);
      commands.push_back(Sealed(std::move(merchant)));
    }
    for (std::uint32_t i = 0; i < kBudgets; ++i) {
      Command account;
      auto& opening = *account.draft.mutable_account_opening();
      opening.set_kind(entry::v1::ACCOUNT_KIND_MERCHANT);
      opening.set_asset(kAsset);
      opening.set_participant(kFirstMerchant + i);
      account = Sealed(std::move(account));
      account.draft.mutable_account_opening()->set_account_id(RandomId());
      commands.push_back(std::move(account));
    }
    return commands;
  }

  Command OpenCitizen() {
    Command command;
    auto& opening = *command.draft.mutable_account_opening();
    opening.set_kind(entry::v1::ACCOUNT_KIND_CITIZEN);
    opening.set_asset(kAsset);
    command = Sealed(std::move(command));
    command.draft.mutable_account_opening()->set_account_id(RandomId());
    command.draft.mutable_account_opening()->set_owner_id(RandomId());
    command.owner_drawn = true;
    return command;
  }

 private:
  Command OpenBudget(std::uint64_t i) {
    Command command;
    auto& opening = *command.draft.mutable_budget_opening();
    opening.set_code("budget-" + std::to_string(i));
    opening.set_sponsor(kSponsor);
    opening.set_asset(kAsset);
    return Sealed(std::move(command));
  }

  std::string RandomId() {
    std::string id;
    for (int i = 0; i < 2; ++i) {
      id += store::EncodeU64(dice_.Next());
    }
    return id;
  }

  Command Sealed(Command command) {
    command.draft.set_caller(kOperator);
    ids_.Next(id_text_);
    command.draft.set_request_id(std::string(RequestId::FromText(id_text_)->stored()));
    const Hash256 digest = merkle::Sha256(command.draft.SerializeAsString());
    command.draft.set_request_digest(std::string(digest.view()));
    return command;
  }

  RequestIds ids_;
  Dice dice_;
  std::uint64_t citizens_;
  std::uint64_t paying_;
  std::string id_text_;
};

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_CLERK_H_
