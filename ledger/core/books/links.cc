#include "ledger/core/books/links.h"

#include <optional>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

// An operator needs no links: it may name every account.
bool NeedsLinks(const Registry& registry, ParticipantNo number) {
  const Participant* participant = registry.Find(number);
  return participant != nullptr && participant->kind != ParticipantKind::kOperator;
}

// The request's field that leads to the account.
std::string_view AccountField(pb::LinkStep step) {
  return step == pb::LINK_STEP_LINK ? "code" : "platform_user_id";
}

// Who has the user's name, or had none of the name that ends. Users are known only while a caller
// asks: neither an audit nor a restart has any.
std::optional<Refusal> DecideUsers(const State& state, const Command& command,
                                   const pb::Linkage& linkage) {
  const bool rebind = linkage.step() == pb::LINK_STEP_REBIND;
  if (command.former_user.has_value() &&
      state.FindPlatformUser(*command.former_user) != AccountNo(linkage.account())) {
    return Refusal(Reason::kUnknownAccount, "platform_user_id");
  }
  const auto taken = command.platform_user.has_value()
                         ? state.FindPlatformUser(*command.platform_user)
                         : std::nullopt;
  if (!taken.has_value()) {
    return std::nullopt;
  }
  const Account* account = state.FindAccount(*taken);
  Check(account != nullptr, "a user's account was not loaded");
  return Refusal(Reason::kUserAlreadyLinked, rebind ? "new_platform_user_id" : "platform_user_id")
      .With("account", NameById(account->id));
}

std::optional<Refusal> DecideLinkage(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Linkage& linkage = entry.linkage();
  if (auto refusal = DecideUsers(state, input.command, linkage)) {
    return refusal;
  }
  const std::string field(AccountField(linkage.step()));
  const Account* account = state.FindAccount(state.Standing(AccountNo(linkage.account())));
  Check(account != nullptr, "an account's number was not resolved");
  if (account->kind != AccountKind::kCitizen) {
    return Refusal(Reason::kWrongAccountKind, field);
  }
  if (linkage.step() == pb::LINK_STEP_UNLINK) {
    return std::nullopt;  // always, whatever became of the account
  }
  if (account->status == AccountStatus::kClosed) {
    return Refusal(Reason::kAccountClosed, field);
  }
  if (account->status != AccountStatus::kOpen) {
    return Refusal(Reason::kAccountFrozen, field);
  }
  if (account->minor && account->guardian == AccountNo(0)) {
    return Refusal(Reason::kConsentRequired, field);
  }
  return std::nullopt;
}

Fault ApplyLinkage(State& state, EntryIndex, const Entry& entry) {
  const pb::Linkage& linkage = entry.linkage();
  const AccountNo standing = state.Standing(AccountNo(linkage.account()));
  const Account* account = state.FindAccount(standing);
  if (account == nullptr || account->kind != AccountKind::kCitizen ||
      linkage.step() < pb::LINK_STEP_LINK || linkage.step() > pb::LINK_STEP_REBIND ||
      linkage.kind() < pb::LINK_KIND_UNSPECIFIED || linkage.kind() > pb::LINK_KIND_PHONE) {
    return "a linkage that cannot be";
  }
  const bool unlinks = linkage.step() == pb::LINK_STEP_UNLINK;
  if (!unlinks && account->status != AccountStatus::kOpen) {
    return "a linkage to an account that is not open";
  }
  const ParticipantNo caller(entry.caller());
  if (!NeedsLinks(state.registry(), caller) || linkage.step() == pb::LINK_STEP_REBIND) {
    return std::nullopt;
  }
  const std::uint64_t links = state.FindLinks({caller, standing});
  if (unlinks && links == 0) {
    return "an account is unlinked that was not linked";
  }
  state.PutLinks({caller, standing}, unlinks ? links - 1 : links + 1);
  return std::nullopt;
}

void NamesOfLinkage(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.emplace_back(draft.linkage().account());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kLinkage,
     .decide = DecideLinkage,
     .apply = ApplyLinkage,
     .names = NamesOfLinkage},
};

}  // namespace

Book LinkBook() { return {"links", kRows}; }

void LinkOpener(State& state, const Entry& opening) {
  const ParticipantNo caller(opening.caller());
  if (opening.account_opening().kind() == pb::ACCOUNT_KIND_CITIZEN &&
      NeedsLinks(state.registry(), caller)) {
    state.PutLinks({caller, AccountNo(opening.account_opening().number())}, 1);
  }
}

void MoveLinks(State& state, AccountNo from, AccountNo into) {
  const std::uint32_t end = state.registry().next_participant().value();
  for (std::uint32_t number = 1; number < end; ++number) {
    const ParticipantNo participant(number);
    const std::uint64_t links = state.FindLinks({participant, from});
    if (links > 0) {
      state.PutLinks({participant, into}, state.FindLinks({participant, into}) + links);
      state.PutLinks({participant, from}, 0);
    }
  }
}

void LinksOf(const State& state, const Entry& entry, std::vector<LinkKey>& out) {
  if (entry.has_linkage()) {
    out.emplace_back(ParticipantNo(entry.caller()),
                     state.Standing(AccountNo(entry.linkage().account())));
  } else if (entry.has_merge()) {
    const std::uint32_t end = state.registry().next_participant().value();
    for (std::uint32_t number = 1; number < end; ++number) {
      for (const std::uint64_t account : {entry.merge().from(), entry.merge().into()}) {
        out.emplace_back(ParticipantNo(number), state.Standing(AccountNo(account)));
      }
    }
  }
}

std::string NameById(const AccountId& id) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string name = "accounts/";
  for (const std::uint8_t byte : id.bytes) {
    name.push_back(kHex[byte >> 4]);
    name.push_back(kHex[byte & 15]);
  }
  return name;
}

}  // namespace tanhui
