// CatalogueService: products, what they earned, and taking them off at once.
#include <string>
#include <utility>
#include <vector>

#include "ledger/rules/rulebook.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/catalogue.grpc.pb.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kReaders =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kAuditor));
constexpr auto kAnyRole = std::uint8_t{0};

template <typename Base>
using RawMethods = v1::CatalogueService::WithRawCallbackMethod_GetProduct<
    v1::CatalogueService::WithRawCallbackMethod_ListProductEarnings<
        v1::CatalogueService::WithRawCallbackMethod_DelistProduct<
            v1::CatalogueService::WithRawCallbackMethod_RelistProduct<Base>>>>;

std::string DateOrEmpty(BusinessDate date) {
  return date == BusinessDate(0) ? std::string() : FormatDate(date);
}

void FillProduct(const rules::Rulebook& book, rules::ProductNo number, BusinessDate date,
                 v1::Product& out) {
  const std::string name(book.products().NameOf(number.value()));
  out.set_product(name);
  if (const auto delisting = book.DelistingOf(number)) {
    out.set_delisted(static_cast<v1::DelistingKind>(*delisting));
  }
  const rules::CatalogueVersion* catalogue =
      book.CatalogueInForce(std::string_view(name).substr(0, name.find('/')), date);
  if (catalogue == nullptr) {
    return;
  }
  out.set_catalogue_version(catalogue->version);
  const auto found = catalogue->listings.find(number);
  if (found == catalogue->listings.end()) {
    return;
  }
  out.set_listed(true);
  out.set_category(std::string(book.categories().NameOf(found->second.category.value())));
  out.set_saving_watt_hours(found->second.saving_watt_hours);
  out.set_valid_from(DateOrEmpty(found->second.first));
  out.set_valid_to(DateOrEmpty(found->second.last));
}

// The product that a reading call names; refuses the call when there is none.
template <typename Call>
std::optional<rules::ProductNo> FindProduct(const Context& context,
                                            const std::shared_ptr<const Registry>& registry,
                                            Call& call) {
  Draft draft(context, call->caller(), registry);
  const rules::ProductNo number(ReadProduct(call->request().product(), "product", draft));
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return std::nullopt;
  }
  return number;
}

void StartGet(const Context& context,
              CallPointer<v1::GetProductRequest, v1::GetProductResponse> call) {
  const auto registry = context.engine.registry();
  BusinessDate date = ShanghaiDate(context.engine.clock().Wall());
  Draft draft(context, call->caller(), registry);
  if (!call->request().date().empty()) {
    date = BusinessDate(draft.ReadDate(call->request().date(), true, "date"));
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto number = FindProduct(context, registry, call);
  if (!number.has_value()) {
    return;
  }
  FillProduct(rules::RulebookOf(*registry), *number, date, *call->response().mutable_product());
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

// Appends what the act earned, unless its newest correction is about another product.
absl::Status AddEarning(const Context& context, const Registry& registry, rules::ProductNo product,
                        EntryIndex index, const Undone& undone,
                        v1::ListProductEarningsResponse& page) {
  const auto entry = ReadEntry(context, index);
  if (!entry.ok()) {
    return entry.status();
  }
  const auto newest = undone.revision == 0 ? entry : ReadEntry(context, undone.newest);
  if (!newest.ok()) {
    return newest.status();
  }
  const pb::Earning& act = undone.revision == 0 ? entry->earning() : newest->correction().now();
  if (act.product() != product.value()) {
    return absl::OkStatus();
  }
  const auto account = context.engine.store().ReadAccounts(std::array{AccountNo(act.account())});
  if (!account.ok()) {
    return account.status();
  }
  v1::ProductEarning& out = *page.add_earnings();
  out.set_entry_index(index.value());
  out.set_account(account->front().has_value() ? AccountName(account->front()->id) : "");
  out.set_points(act.points() + act.bonus_points());
  out.set_quantity(act.quantity());
  out.set_quantity_left(
      undone.cancelled || undone.quantity >= act.quantity() ? 0 : act.quantity() - undone.quantity);
  out.set_business_date(FormatDate(BusinessDate(entry->business_date())));
  out.set_caller(ParticipantName(registry, ParticipantNo(entry->caller())));
  return absl::OkStatus();
}

// The page token is the index of the entry to go on from.
void StartEarnings(
    const Context& context,
    CallPointer<v1::ListProductEarningsRequest, v1::ListProductEarningsResponse> call) {
  const v1::ListProductEarningsRequest& request = call->request();
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(0)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || request.page_size() < 0) {
    call->Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
    return;
  }
  const auto registry = context.engine.registry();
  const auto number = FindProduct(context, registry, call);
  if (!number.has_value()) {
    return;
  }
  const store::Store& store = context.engine.store();
  std::vector<EntryIndex> found;
  const auto next = store.ScanProductEarnings(
      number->value(), EntryIndex(*from), static_cast<std::size_t>(PageSize(request.page_size())),
      [&found](EntryIndex index) {
        found.push_back(index);
        return true;
      });
  const auto undone = next.ok() ? store.ReadUndone(found) : next.status();
  if (!undone.ok()) {
    call->Fail(undone.status());
    return;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const absl::Status filled =
        AddEarning(context, *registry, *number, found[i], (*undone)[i].value_or(Undone{}),
                   call->response());
    if (!filled.ok()) {
      call->Fail(filled);
      return;
    }
  }
  if (next->has_value()) {
    call->response().set_next_page_token(std::to_string((*next)->value()));
  }
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

template <typename Request, typename Response>
void StartDelisting(const Context& context, CallPointer<Request, Response> call,
                    pb::DelistingKind kind) {
  const Request& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::Delisting& delisting = *draft.entry().mutable_delisting();
  delisting.set_kind(kind);
  if (kind == pb::DELISTING_KIND_UNSPECIFIED) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "kind"));
  } else if (kind < pb::DELISTING_KIND_DELISTED || kind > pb::DELISTING_KIND_RELISTED) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "kind"));
  }
  delisting.set_product(ReadProduct(request.product(), "product", draft));
  delisting.set_reason(draft.ReadWord(request.reason(), "reason"));
  MutateOne(context, std::move(call), std::move(draft), FillDone<Request, Response>);
}

void StartDelist(const Context& context,
                 CallPointer<v1::DelistProductRequest, v1::DelistProductResponse> call) {
  // The API has two of the three kinds: putting back is a method of its own.
  const int kind = call->request().kind();
  const bool known = v1::DelistingKind_IsValid(kind);
  StartDelisting(context, std::move(call), static_cast<pb::DelistingKind>(known ? kind : -1));
}

void StartRelist(const Context& context,
                 CallPointer<v1::RelistProductRequest, v1::RelistProductResponse> call) {
  StartDelisting(context, std::move(call), pb::DELISTING_KIND_RELISTED);
}

class Service final : public RawMethods<v1::CatalogueService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetProduct(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGet);
  }

  grpc::ServerUnaryReactor* ListProductEarnings(grpc::CallbackServerContext* server,
                                                const grpc::ByteBuffer* in,
                                                grpc::ByteBuffer* out) override {
    return Serve(context_, kReaders, server, in, out, StartEarnings);
  }

  grpc::ServerUnaryReactor* DelistProduct(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartDelist);
  }

  grpc::ServerUnaryReactor* RelistProduct(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartRelist);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewCatalogueService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
