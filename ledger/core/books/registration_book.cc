// Schemes, participants, assets and accounts: who and what the ledger knows.
#include "ledger/core/book.h"
#include "ledger/core/books/links.h"
#include "ledger/core/check.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

constexpr std::uint32_t kMinutesOfDay = 24 * 60;

Refusal CodeTaken(std::string_view field, std::string_view code) {
  return Refusal(Reason::kCodeExists, std::string(field)).With("code", code);
}

Fault RegistersNext(bool is_next, const void* taken) {
  if (!is_next) {
    return "a number that is not the next one";
  }
  return taken == nullptr ? std::nullopt : Fault("a code that is taken");
}

void RegisterGenesis(Registry& registry, EntryIndex, const Entry& entry) {
  registry.SetOrigin(entry.genesis().origin());
}

Fault ApplyGenesis(State& state, EntryIndex index, const Entry& entry) {
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterGenesis(registry, index, entry); });
  return std::nullopt;
}

std::optional<Refusal> DecideScheme(const State& state, const DecideInput&, Entry& entry) {
  pb::SchemeCreation& creation = *entry.mutable_scheme_creation();
  if (state.registry().FindScheme(creation.code()) != nullptr) {
    return CodeTaken("scheme_id", creation.code());
  }
  creation.set_number(state.registry().next_scheme().value());
  return std::nullopt;
}

void RegisterScheme(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::SchemeCreation& creation = entry.scheme_creation();
  registry.Add(Scheme{SchemeNo(creation.number()), creation.code(), creation.display_name(),
                      creation.cutoff_minute()});
}

Fault ApplyScheme(State& state, EntryIndex index, const Entry& entry) {
  const pb::SchemeCreation& creation = entry.scheme_creation();
  const Registry& registered = state.registry();
  if (Fault fault = RegistersNext(SchemeNo(creation.number()) == registered.next_scheme(),
                                  registered.FindScheme(creation.code()))) {
    return fault;
  }
  if (creation.cutoff_minute() >= kMinutesOfDay) {
    return "a cut-off that is no minute of a day";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterScheme(registry, index, entry); });
  return std::nullopt;
}

std::optional<Refusal> DecideParticipant(const State& state, const DecideInput&, Entry& entry) {
  pb::ParticipantCreation& creation = *entry.mutable_participant_creation();
  if (state.registry().FindParticipant(creation.code()) != nullptr) {
    return CodeTaken("participant_id", creation.code());
  }
  creation.set_number(state.registry().next_participant().value());
  return std::nullopt;
}

void RegisterParticipant(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::ParticipantCreation& creation = entry.participant_creation();
  registry.Add(Participant{ParticipantNo(creation.number()), creation.code(),
                           creation.display_name(), static_cast<ParticipantKind>(creation.kind())});
}

Fault ApplyParticipant(State& state, EntryIndex index, const Entry& entry) {
  const pb::ParticipantCreation& creation = entry.participant_creation();
  const Registry& registered = state.registry();
  if (Fault fault = RegistersNext(ParticipantNo(creation.number()) == registered.next_participant(),
                                  registered.FindParticipant(creation.code()))) {
    return fault;
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterParticipant(registry, index, entry); });
  return std::nullopt;
}

std::optional<Refusal> DecideAsset(const State& state, const DecideInput&, Entry& entry) {
  pb::AssetCreation& creation = *entry.mutable_asset_creation();
  if (state.registry().FindAsset(creation.code()) != nullptr) {
    return CodeTaken("asset_id", creation.code());
  }
  creation.set_number(state.registry().next_asset().value());
  const std::uint64_t next = state.head().next_account.value();
  creation.set_issuance_account(next);
  creation.set_expiry_account(next + 1);
  if (creation.money()) {
    creation.set_settling_account(next + 2);
    creation.set_paid_account(next + 3);
  }
  return std::nullopt;
}

void RegisterAsset(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::AssetCreation& creation = entry.asset_creation();
  registry.Add(Asset{AssetNo(creation.number()), creation.code(), creation.display_name(),
                     SchemeNo(creation.scheme()), AccountNo(creation.issuance_account()),
                     Amount(creation.max_amount()), ReadTerms(creation.terms()).value_or(Terms{}),
                     AccountNo(creation.expiry_account()), creation.money(),
                     AccountNo(creation.settling_account()), AccountNo(creation.paid_account())});
}

Fault ApplyAsset(State& state, EntryIndex index, const Entry& entry) {
  const pb::AssetCreation& creation = entry.asset_creation();
  const Registry& registered = state.registry();
  const std::uint64_t next = state.head().next_account.value();
  if (Fault fault = RegistersNext(
          AssetNo(creation.number()) == registered.next_asset() &&
              creation.issuance_account() == next && creation.expiry_account() == next + 1 &&
              creation.settling_account() == (creation.money() ? next + 2 : 0) &&
              creation.paid_account() == (creation.money() ? next + 3 : 0),
          registered.FindAsset(creation.code()))) {
    return fault;
  }
  if (registered.Find(SchemeNo(creation.scheme())) == nullptr) {
    return "an asset of an unknown scheme";
  }
  if (!ReadTerms(creation.terms()).has_value()) {
    return "terms that cannot be";
  }
  Account account;
  account.kind = AccountKind::kIssuance;
  account.asset = AssetNo(creation.number());
  state.OpenAccount(AccountNo(creation.issuance_account()), account);
  account.kind = AccountKind::kExpiry;
  state.OpenAccount(AccountNo(creation.expiry_account()), account);
  if (creation.money()) {
    account.kind = AccountKind::kSettling;
    state.OpenAccount(AccountNo(creation.settling_account()), account);
    account.kind = AccountKind::kPaid;
    state.OpenAccount(AccountNo(creation.paid_account()), account);
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterAsset(registry, index, entry); });
  return std::nullopt;
}

void RegisterTerms(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::TermsChange& change = entry.terms_change();
  registry.SetTerms(AssetNo(change.asset()), ReadTerms(change.terms()).value_or(Terms{}));
}

std::optional<Refusal> DecideTerms(const State& state, const DecideInput&, Entry& entry) {
  Check(state.registry().Find(AssetNo(entry.terms_change().asset())) != nullptr,
        "an asset's number was not resolved");
  return std::nullopt;
}

Fault ApplyTerms(State& state, EntryIndex index, const Entry& entry) {
  const pb::TermsChange& change = entry.terms_change();
  if (state.registry().Find(AssetNo(change.asset())) == nullptr ||
      !ReadTerms(change.terms()).has_value()) {
    return "terms that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterTerms(registry, index, entry); });
  return std::nullopt;
}

std::optional<Refusal> AccountTaken(AccountNo number, std::string_view field, const State& state) {
  Refusal refusal(Reason::kAccountExists, std::string(field));
  const Account* account = state.FindAccount(number);
  Check(account != nullptr, "an account that exists was not loaded");
  // A platform user's account is the caller's own to know; a merchant's is not.
  if (account->kind != AccountKind::kCitizen) {
    return refusal;
  }
  return std::move(refusal).With("account", NameById(account->id));
}

// Merchants have accounts of kind merchant and claims, charities accounts of kind charity, nobody
// else has any.
bool OwnerFits(const Participant& participant, pb::AccountKind kind) {
  return kind == pb::ACCOUNT_KIND_MERCHANT || kind == pb::ACCOUNT_KIND_CLAIM
             ? participant.kind == ParticipantKind::kMerchant
             : kind == pb::ACCOUNT_KIND_CHARITY && participant.kind == ParticipantKind::kCharity;
}

// In money there are claims, and nowhere else.
bool AssetFits(const Registry& registry, const pb::AccountOpening& opening) {
  const Asset* asset = registry.Find(AssetNo(opening.asset()));
  return asset != nullptr && asset->money == (opening.kind() == pb::ACCOUNT_KIND_CLAIM);
}

std::optional<Refusal> DecideAccount(const State& state, const DecideInput& input, Entry& entry) {
  pb::AccountOpening& opening = *entry.mutable_account_opening();
  const AssetNo asset(opening.asset());
  if (opening.kind() != pb::ACCOUNT_KIND_CITIZEN) {
    const ParticipantNo merchant(opening.participant());
    const Participant* participant = state.registry().Find(merchant);
    Check(participant != nullptr, "a merchant's number was not resolved");
    if (!OwnerFits(*participant, opening.kind())) {
      return Refusal(Reason::kWrongParticipantKind, "merchant");
    }
    if (!AssetFits(state.registry(), opening)) {
      return Refusal(Reason::kWrongAccountKind,
                     opening.kind() == pb::ACCOUNT_KIND_CLAIM ? "money" : "asset");
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
  if (!AssetFits(state.registry(), opening)) {
    return Refusal(Reason::kWrongAccountKind, "asset");
  }
  opening.set_number(state.head().next_account.value());
  return std::nullopt;
}

void NamesOfAccount(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::AccountOpening& opening = draft.account_opening();
  if (const auto taken = state.registry().FindMerchantAccount(ParticipantNo(opening.participant()),
                                                              AssetNo(opening.asset()))) {
    out.push_back(*taken);
  }
  // What claims come from is needed by what is redeemed in the same batch.
  const Asset* asset = state.registry().Find(AssetNo(opening.asset()));
  if (asset != nullptr && opening.kind() == pb::ACCOUNT_KIND_CLAIM) {
    out.push_back(asset->issuance);
  }
}

// Only merchants' and charities' accounts are in the registry: there are few of them.
void RegisterAccount(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::AccountOpening& opening = entry.account_opening();
  if (opening.kind() != pb::ACCOUNT_KIND_CITIZEN) {
    registry.AddMerchantAccount(ParticipantNo(opening.participant()), AssetNo(opening.asset()),
                                AccountNo(opening.number()));
  }
}

Fault ApplyAccount(State& state, EntryIndex index, const Entry& entry) {
  const pb::AccountOpening& opening = entry.account_opening();
  const bool merchant = opening.kind() != pb::ACCOUNT_KIND_CITIZEN;
  const AssetNo asset(opening.asset());
  const ParticipantNo participant(opening.participant());
  if (AccountNo(opening.number()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  if (opening.account_id().size() != AccountId::kSize ||
      opening.owner_id().size() != (merchant ? 0 : OwnerId::kSize)) {
    return "an id of wrong size";
  }
  if (!AssetFits(state.registry(), opening)) {
    return "an account of an unknown asset, or of one that has no such accounts";
  }
  const Participant* named = state.registry().Find(participant);
  if (merchant && (named == nullptr || opening.minor() || !OwnerFits(*named, opening.kind()) ||
                   state.registry().FindMerchantAccount(participant, asset).has_value())) {
    return "a merchant's account that cannot be";
  }
  Account account;
  account.kind = static_cast<AccountKind>(opening.kind());
  account.minor = opening.minor();
  account.asset = asset;
  account.participant = participant;
  account.id = AccountId::FromView(opening.account_id());
  account.owner = OwnerId::FromView(opening.owner_id());
  state.OpenAccount(AccountNo(opening.number()), account);
  LinkOpener(state, entry);
  if (merchant) {
    state.ChangeRegistry(index,
                         [&](Registry& registry) { RegisterAccount(registry, index, entry); });
  }
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kGenesis, .apply = ApplyGenesis, .registers = RegisterGenesis},
    {.body = Entry::kSchemeCreation,
     .decide = DecideScheme,
     .apply = ApplyScheme,
     .registers = RegisterScheme},
    {.body = Entry::kParticipantCreation,
     .decide = DecideParticipant,
     .apply = ApplyParticipant,
     .registers = RegisterParticipant},
    {.body = Entry::kAssetCreation,
     .decide = DecideAsset,
     .apply = ApplyAsset,
     .registers = RegisterAsset},
    {.body = Entry::kTermsChange,
     .decide = DecideTerms,
     .apply = ApplyTerms,
     .registers = RegisterTerms},
    {.body = Entry::kAccountOpening,
     .decide = DecideAccount,
     .apply = ApplyAccount,
     .names = NamesOfAccount,
     .registers = RegisterAccount},
};

}  // namespace

Book RegistrationBook() { return {"registration", kRows}; }

}  // namespace tanhui
