// AccountsService: opening, reading and history.
#include <charconv>

#include "ledger/core/check.h"
#include "ledger/signing/keyed_hash.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr auto kAnyRole = std::uint8_t{0};

template <typename Base>
using RawMethods = v1::AccountsService::WithRawCallbackMethod_OpenAccount<
    v1::AccountsService::WithRawCallbackMethod_BatchOpenAccounts<
        v1::AccountsService::WithRawCallbackMethod_GetAccount<
            v1::AccountsService::WithRawCallbackMethod_ListEntries<Base>>>>;

// 16 fresh random bytes. Without a random source nothing can be opened safely.
std::string RandomId() {
  auto bytes = signing::RandomBytes(AccountId::kSize);
  Check(bytes.ok(), "no random bytes");
  return *std::move(bytes);
}

// Sets what the caller asked for only; Complete adds the rest after the digest is made.
Draft ReadOpening(const Context& context, const Caller& caller,
                  std::shared_ptr<const Registry> registry, const v1::OpenAccountRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  entry::v1::AccountOpening& opening = *draft.entry().mutable_account_opening();
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  if (asset != nullptr) {
    opening.set_asset(asset->number.value());
  }
  if (!request.merchant().empty()) {
    opening.set_kind(entry::v1::ACCOUNT_KIND_MERCHANT);
    if (!request.platform_user_id().empty() || !request.owner().empty()) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "merchant")
                       .With("problem", "a merchant's account has no user and no owner"));
    }
    if (const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant")) {
      opening.set_participant(merchant->number.value());
    }
    return draft;
  }
  opening.set_kind(entry::v1::ACCOUNT_KIND_CITIZEN);
  if (!request.owner().empty()) {
    const auto owner = ParseHex16(request.owner());
    if (owner.has_value()) {
      opening.set_owner_id(*owner);
    } else {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "owner")
                       .With("expected", "32 lower-case hexadecimal digits"));
    }
  }
  if (!request.platform_user_id().empty()) {
    draft.OpenForPlatformUser(request.platform_user_id(),
                              asset == nullptr ? AssetNo() : asset->number);
  }
  return draft;
}

// The random ids, which are not part of what was asked: a retry draws others and still is the same.
void DrawIds(Command& command) {
  entry::v1::AccountOpening& opening = *command.draft.mutable_account_opening();
  opening.set_account_id(RandomId());
  if (opening.kind() == entry::v1::ACCOUNT_KIND_CITIZEN && opening.owner_id().empty()) {
    opening.set_owner_id(RandomId());
    command.owner_drawn = true;
  }
}

void FillOpened(const Context& context, const sequencer::Accepted& accepted, bool validate_only,
                v1::OpenAccountResponse& out) {
  const entry::v1::AccountOpening& opening = accepted.entry.account_opening();
  Account account;
  account.kind = static_cast<AccountKind>(opening.kind());
  account.asset = AssetNo(opening.asset());
  account.participant = ParticipantNo(opening.participant());
  account.id = AccountId::FromView(opening.account_id());
  account.owner = OwnerId::FromView(opening.owner_id());
  FillAccount(*context.engine.registry(), AccountNo(opening.number()), account,
              *out.mutable_account());
  if (validate_only && !accepted.replayed) {
    out.mutable_account()->clear_name();
    out.mutable_account()->clear_owner();
    out.mutable_account()->clear_number();
  }
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
}

// A citizen's account is read by whoever knows its random name. A merchant's takings are read by
// the merchant, operators and auditors: its name stands in every redemption that a platform made.
bool MayRead(const Caller& caller, const Account& account) {
  return account.kind == AccountKind::kCitizen || account.participant == caller.number ||
         caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kAuditor);
}

// "<account number>-<index>" in decimal.
std::string PageToken(AccountNo account, std::uint64_t next) {
  return std::to_string(account.value()) + "-" + std::to_string(next);
}

// 1 + index of the entry to go on with; nullopt when the token is not of this account.
std::optional<std::uint64_t> ParsePageToken(std::string_view token, AccountNo account) {
  const std::string prefix = std::to_string(account.value()) + "-";
  if (!token.starts_with(prefix)) {
    return std::nullopt;
  }
  token.remove_prefix(prefix.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  return error == std::errc() && end == token.data() + token.size() && value > 0
             ? std::optional(value)
             : std::nullopt;
}

class Service final : public RawMethods<v1::AccountsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* OpenAccount(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::OpenAccountRequest, v1::OpenAccountResponse>;
    return ServeUnary<v1::OpenAccountRequest, v1::OpenAccountResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          Draft draft =
              ReadOpening(context_, call->caller(), context_.engine.registry(), call->request());
          draft.CompleteWith(DrawIds);
          MutateOne(context_, std::move(call), std::move(draft),
                    [this](const v1::OpenAccountRequest& request,
                           const sequencer::Accepted& accepted, v1::OpenAccountResponse& response) {
                      FillOpened(context_, accepted, request.validate_only(), response);
                    });
        });
  }

  grpc::ServerUnaryReactor* BatchOpenAccounts(grpc::CallbackServerContext* server,
                                              const grpc::ByteBuffer* in,
                                              grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::BatchOpenAccountsRequest, v1::BatchOpenAccountsResponse>;
    return ServeUnary<v1::BatchOpenAccountsRequest, v1::BatchOpenAccountsResponse>(
        context_, kPlatform, server, in, out, [this](Call call) {
          MutateBatch(
              context_, std::move(call),
              [this](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                     const v1::OpenAccountRequest& request) {
                Draft draft = ReadOpening(context_, caller, registry, request);
                draft.CompleteWith(DrawIds);
                return draft;
              },
              [this](const v1::OpenAccountRequest&, const sequencer::Accepted& accepted,
                     bool validate_only, v1::OpenAccountResult& result) {
                FillOpened(context_, accepted, validate_only, *result.mutable_opened());
              });
        });
  }

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetAccountRequest, v1::GetAccountResponse>;
    return ServeUnary<v1::GetAccountRequest, v1::GetAccountResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { Read(std::move(call)); });
  }

  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse>;
    return ServeUnary<v1::ListEntriesRequest, v1::ListEntriesResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { List(std::move(call)); });
  }

 private:
  // The number of the named account; ends the call and answers nullopt when there is none.
  template <typename Call>
  std::optional<AccountNo> FindByName(Call& call, std::string_view name, const char* field) {
    const auto id = ParseAccountName(name);
    if (!id.has_value()) {
      call->Refuse(name.empty() ? Refusal(Reason::kFieldRequired, field)
                                : Refusal(Reason::kFieldInvalid, field)
                                      .With("expected", "accounts/{32 hexadecimal digits}"));
      return std::nullopt;
    }
    return Found(call, context_.engine.store().ReadAccountIds(std::array{*id}), field);
  }

  template <typename Call>
  std::optional<AccountNo> Found(
      Call& call, const absl::StatusOr<std::vector<std::optional<AccountNo>>>& numbers,
      const char* field) {
    if (!numbers.ok()) {
      call->Fail(numbers.status());
      return std::nullopt;
    }
    if (!numbers->front().has_value()) {
      call->Refuse(Refusal(Reason::kUnknownAccount, field));
    }
    return numbers->front();
  }

  template <typename Call>
  std::optional<AccountNo> FindByUser(Call& call, const v1::GetAccountRequest& request) {
    Draft reader(context_, call->caller(), context_.engine.registry());
    reader.ReadText(request.platform_user_id(), kMaxUserId, true, "platform_user_id");
    const Asset* asset = reader.ReadAsset(request.asset(), "asset");
    if (reader.refusal().has_value()) {
      call->Refuse(*reader.refusal());
      return std::nullopt;
    }
    const PlatformUserKey key = context_.secrets.ForPlatformUser(
        call->caller().number, asset->number, request.platform_user_id());
    return Found(call, context_.engine.store().ReadPlatformUsers(std::array{key}),
                 "platform_user_id");
  }

  // The account, if the caller may read it; otherwise ends the call and answers nullopt.
  template <typename Call>
  std::optional<store::AccountAsOf> ReadVisible(Call& call, AccountNo number, const char* field) {
    const auto account = context_.engine.store().ReadAccountAsOf(number);
    if (!account.ok()) {
      call->Fail(account.status());
      return std::nullopt;
    }
    if (!MayRead(call->caller(), account->account)) {
      call->Refuse(Refusal(Reason::kUnknownAccount, field));
      return std::nullopt;
    }
    return *account;
  }

  void Read(CallPointer<v1::GetAccountRequest, v1::GetAccountResponse> call) {
    const v1::GetAccountRequest& request = call->request();
    if (!request.name().empty() && !request.platform_user_id().empty()) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "platform_user_id")
                       .With("problem", "give either name or platform_user_id"));
      return;
    }
    const auto number = request.platform_user_id().empty()
                            ? FindByName(call, request.name(), "name")
                            : FindByUser(call, request);
    if (!number.has_value()) {
      return;
    }
    const auto account = ReadVisible(call, *number, "name");
    if (!account.has_value()) {
      return;
    }
    FillAccount(*context_.engine.registry(), *number, account->account,
                *call->response().mutable_account());
    call->response().set_as_of_index(account->size - 1);
    call->Finish();
  }

  void List(CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse> call) {
    const v1::ListEntriesRequest& request = call->request();
    if (request.page_size() < 0) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
      return;
    }
    const auto number = FindByName(call, request.parent(), "parent");
    if (!number.has_value()) {
      return;
    }
    const auto account = ReadVisible(call, *number, "parent");
    if (!account.has_value()) {
      return;
    }
    std::uint64_t next = account->account.last_entry_plus_one;
    if (!request.page_token().empty()) {
      const auto token = ParsePageToken(request.page_token(), *number);
      if (!token.has_value() || *token > next) {
        call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
        return;
      }
      next = *token;
    }
    const std::int32_t page = PageSize(request.page_size());
    while (next != 0 && call->response().entries_size() < page) {
      const EntryIndex index(next - 1);
      const auto entry = ReadEntry(context_, index);
      if (!entry.ok()) {
        call->Fail(entry.status());
        return;
      }
      // Each posting names the account's entry before it. A made-up token names an entry without
      // one.
      const entry::v1::Posting* posting = FindPosting(*entry, *number);
      if (posting == nullptr) {
        call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
        return;
      }
      FillAccountEntry(*entry, index, *number, call->caller(), *call->response().add_entries());
      next = posting->previous();
    }
    if (next != 0) {
      call->response().set_next_page_token(PageToken(*number, next));
    }
    call->response().set_as_of_index(account->size - 1);
    call->Finish();
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewAccountsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
