// Schemes, participants, assets and accounts: who and what the ledger knows.
#include "ledger/core/book.h"
#include "ledger/core/check.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

Refusal CodeTaken(std::string_view field, std::string_view code) {
  return Refusal(Reason::kCodeExists, std::string(field)).With("code", code);
}

void ApplyGenesis(State&, EntryIndex index, const Entry&) {
  Check(index == EntryIndex(0), "a genesis entry inside the log");
}

std::optional<Refusal> DecideScheme(const State& state, const DecideInput&, Entry& entry) {
  pb::SchemeCreation& creation = *entry.mutable_scheme_creation();
  if (state.registry().FindScheme(creation.code()) != nullptr) {
    return CodeTaken("scheme_id", creation.code());
  }
  creation.set_number(state.registry().next_scheme().value());
  return std::nullopt;
}

void ApplyScheme(State& state, EntryIndex index, const Entry& entry) {
  const pb::SchemeCreation& creation = entry.scheme_creation();
  state.ChangeRegistry(index, [&](Registry& registry) {
    registry.Add(Scheme{SchemeNo(creation.number()), creation.code(), creation.display_name(),
                        creation.cutoff_minute()});
  });
}

std::optional<Refusal> DecideParticipant(const State& state, const DecideInput&, Entry& entry) {
  pb::ParticipantCreation& creation = *entry.mutable_participant_creation();
  if (state.registry().FindParticipant(creation.code()) != nullptr) {
    return CodeTaken("participant_id", creation.code());
  }
  creation.set_number(state.registry().next_participant().value());
  return std::nullopt;
}

void ApplyParticipant(State& state, EntryIndex index, const Entry& entry) {
  const pb::ParticipantCreation& creation = entry.participant_creation();
  state.ChangeRegistry(index, [&](Registry& registry) {
    registry.Add(Participant{ParticipantNo(creation.number()), creation.code(),
                             creation.display_name(),
                             static_cast<ParticipantKind>(creation.kind())});
  });
}

std::optional<Refusal> DecideAsset(const State& state, const DecideInput&, Entry& entry) {
  pb::AssetCreation& creation = *entry.mutable_asset_creation();
  if (state.registry().FindAsset(creation.code()) != nullptr) {
    return CodeTaken("asset_id", creation.code());
  }
  creation.set_number(state.registry().next_asset().value());
  creation.set_issuance_account(state.head().next_account.value());
  return std::nullopt;
}

void ApplyAsset(State& state, EntryIndex index, const Entry& entry) {
  const pb::AssetCreation& creation = entry.asset_creation();
  Check(state.registry().Find(SchemeNo(creation.scheme())) != nullptr,
        "an asset of an unknown scheme");
  Account issuance;
  issuance.kind = AccountKind::kIssuance;
  issuance.asset = AssetNo(creation.number());
  state.OpenAccount(AccountNo(creation.issuance_account()), issuance);
  state.ChangeRegistry(index, [&](Registry& registry) {
    registry.Add(Asset{AssetNo(creation.number()), creation.code(), creation.display_name(),
                       SchemeNo(creation.scheme()), AccountNo(creation.issuance_account()),
                       Amount(creation.max_amount()), creation.transfers_allowed()});
  });
}

std::optional<Refusal> AccountTaken(AccountNo number, std::string_view field, const State& state) {
  Refusal refusal(Reason::kAccountExists, std::string(field));
  const Account* account = state.FindAccount(number);
  Check(account != nullptr, "an account that exists was not loaded");
  static constexpr char kHex[] = "0123456789abcdef";
  std::string name = "accounts/";
  for (const std::uint8_t byte : account->id.bytes) {
    name.push_back(kHex[byte >> 4]);
    name.push_back(kHex[byte & 15]);
  }
  return std::move(refusal).With("account", name);
}

std::optional<Refusal> DecideAccount(const State& state, const DecideInput& input, Entry& entry) {
  pb::AccountOpening& opening = *entry.mutable_account_opening();
  const AssetNo asset(opening.asset());
  if (opening.kind() == pb::ACCOUNT_KIND_MERCHANT) {
    const ParticipantNo merchant(opening.participant());
    const Participant* participant = state.registry().Find(merchant);
    Check(participant != nullptr, "a merchant's number was not resolved");
    if (participant->kind != ParticipantKind::kMerchant) {
      return Refusal(Reason::kWrongParticipantKind, "merchant");
    }
    if (const auto taken = state.registry().FindMerchantAccount(merchant, asset)) {
      return AccountTaken(*taken, "merchant", state);
    }
  }
  if (input.command.platform_user.has_value()) {
    if (const auto taken = state.FindPlatformUser(*input.command.platform_user)) {
      return AccountTaken(*taken, "platform_user_id", state);
    }
  }
  opening.set_number(state.head().next_account.value());
  return std::nullopt;
}

void ApplyAccount(State& state, EntryIndex index, const Entry& entry) {
  const pb::AccountOpening& opening = entry.account_opening();
  Account account;
  account.kind = static_cast<AccountKind>(opening.kind());
  account.asset = AssetNo(opening.asset());
  account.participant = ParticipantNo(opening.participant());
  Check(opening.account_id().size() == AccountId::kSize, "an account id of wrong size");
  account.id = AccountId::FromView(opening.account_id());
  const bool merchant = account.kind == AccountKind::kMerchant;
  Check(merchant || account.kind == AccountKind::kCitizen, "an opening of another kind");
  Check(opening.owner_id().size() == (merchant ? 0 : OwnerId::kSize), "an owner id of wrong size");
  account.owner = OwnerId::FromView(opening.owner_id());
  Check(state.registry().Find(account.asset) != nullptr, "an account of an unknown asset");
  state.OpenAccount(AccountNo(opening.number()), account);
  if (merchant) {
    state.ChangeRegistry(index, [&](Registry& registry) {
      registry.AddMerchantAccount(account.participant, account.asset, AccountNo(opening.number()));
    });
  }
}

constexpr BookRow kRows[] = {
    {Entry::kGenesis, nullptr, ApplyGenesis},
    {Entry::kSchemeCreation, DecideScheme, ApplyScheme},
    {Entry::kParticipantCreation, DecideParticipant, ApplyParticipant},
    {Entry::kAssetCreation, DecideAsset, ApplyAsset},
    {Entry::kAccountOpening, DecideAccount, ApplyAccount},
};

}  // namespace

Book RegistrationBook() { return {"registration", kRows}; }

}  // namespace tanhui
