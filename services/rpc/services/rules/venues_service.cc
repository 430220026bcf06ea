// VenuesService: certified venues.
#include <string>
#include <utility>

#include "ledger/rules/rulebook.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/acts/check_in.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/venues.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kAnyRole = std::uint8_t{0};
// Codes can be printed so many days ahead.
constexpr std::int32_t kMostDaysAhead = 62;

template <typename Base>
using RawMethods = v1::VenuesService::WithRawCallbackMethod_CertifyVenue<
    v1::VenuesService::WithRawCallbackMethod_GetVenue<
        v1::VenuesService::WithRawCallbackMethod_ListVenues<
            v1::VenuesService::WithRawCallbackMethod_WithdrawVenue<
                v1::VenuesService::WithRawCallbackMethod_GetCheckInCode<Base>>>>>;

std::string DateOrEmpty(BusinessDate date) {
  return date == BusinessDate(0) ? std::string() : FormatDate(date);
}

void FillVenue(const rules::Venue& venue, v1::Venue& out) {
  out.set_name("venues/" + venue.code);
  out.set_display_name(venue.display_name);
  out.set_kind(venue.kind);
  out.set_district(std::to_string(venue.district));
  out.set_first_date(DateOrEmpty(venue.first));
  out.set_last_date(DateOrEmpty(venue.last));
  out.set_withdrawn(venue.withdrawn);
}

void StartCertify(const Context& context,
                  CallPointer<v1::CertifyVenueRequest, v1::CertifyVenueResponse> call) {
  const v1::CertifyVenueRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::VenueCertificate& venue = *draft.entry().mutable_venue_certificate();
  venue.set_code(draft.ReadCode(request.venue_id(), "venue_id"));
  venue.set_display_name(
      draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
  venue.set_kind(draft.ReadWord(request.kind(), "kind"));
  venue.set_district(ReadDistrict(request.district(), "district", draft));
  venue.set_first_date(draft.ReadDate(request.first_date(), false, "first_date"));
  venue.set_last_date(draft.ReadDate(request.last_date(), false, "last_date"));
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::CertifyVenueRequest& asked, const sequencer::Accepted& accepted,
               v1::CertifyVenueResponse& out) {
              FillDone(asked, accepted, out);
              out.set_name("venues/" + asked.venue_id());
            });
}

// The certificate as it is, withdrawn.
void StartWithdraw(const Context& context,
                   CallPointer<v1::WithdrawVenueRequest, v1::WithdrawVenueResponse> call) {
  const v1::WithdrawVenueRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::VenueCertificate& certificate = *draft.entry().mutable_venue_certificate();
  if (const rules::Venue* venue = ReadVenue(request.venue(), "venue", draft)) {
    certificate.set_code(venue->code);
    certificate.set_display_name(venue->display_name);
    certificate.set_kind(venue->kind);
    certificate.set_district(venue->district);
    certificate.set_first_date(venue->first.value());
    certificate.set_last_date(venue->last.value());
    certificate.set_withdrawn(true);
  }
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::WithdrawVenueRequest, v1::WithdrawVenueResponse>);
}

void StartGet(const Context& context, CallPointer<v1::GetVenueRequest, v1::GetVenueResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  const rules::Venue* venue = ReadVenue(call->request().name(), "name", draft);
  if (venue == nullptr) {
    call->Refuse(*draft.refusal());
    return;
  }
  FillVenue(*venue, *call->response().mutable_venue());
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

// The page token is the number of the venue to go on from.
void StartList(const Context& context,
               CallPointer<v1::ListVenuesRequest, v1::ListVenuesResponse> call) {
  const v1::ListVenuesRequest& request = call->request();
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(1)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || request.page_size() < 0) {
    call->Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
    return;
  }
  const auto registry = context.engine.registry();
  const auto& venues = rules::RulebookOf(*registry).venues();
  const std::int32_t size = PageSize(request.page_size());
  for (std::size_t i = *from - 1; i < venues.size(); ++i) {
    if (call->response().venues_size() == size) {
      call->response().set_next_page_token(std::to_string(i + 1));
      break;
    }
    FillVenue(venues[i], *call->response().add_venues());
  }
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

bool IsCertifiedOn(const rules::Venue& venue, BusinessDate date) {
  const BusinessDate none(0);
  return !venue.withdrawn && (venue.first == none || date >= venue.first) &&
         (venue.last == none || date <= venue.last);
}

// The day that is asked for, or today; refuses one for which no code is made.
BusinessDate ReadCodeDate(const Context& context, const std::string& text, Draft& draft) {
  const BusinessDate today = ShanghaiDate(context.engine.clock().Wall());
  if (text.empty()) {
    return today;
  }
  const BusinessDate date(draft.ReadDate(text, true, "date"));
  const BusinessDate last(today.value() + kMostDaysAhead);
  if (!draft.refusal().has_value() && (date < today || date > last)) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "date")
                     .With("smallest", FormatDate(today))
                     .With("largest", FormatDate(last)));
  }
  return date;
}

void StartGetCode(const Context& context,
                  CallPointer<v1::GetCheckInCodeRequest, v1::GetCheckInCodeResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  const rules::Venue* venue = ReadVenue(call->request().venue(), "venue", draft);
  const BusinessDate date = ReadCodeDate(context, call->request().date(), draft);
  if (venue != nullptr && !draft.refusal().has_value() && !IsCertifiedOn(*venue, date)) {
    draft.Refuse(Refusal(Reason::kVenueNotCertified, "venue"));
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  call->response().set_code(CheckInCode(context.secrets, venue->code, date));
  call->response().set_date(FormatDate(date));
  FillVenue(*venue, *call->response().mutable_venue());
  call->Finish();
}

class Service final : public RawMethods<v1::VenuesService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* CertifyVenue(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartCertify);
  }

  grpc::ServerUnaryReactor* GetVenue(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGet);
  }

  grpc::ServerUnaryReactor* ListVenues(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartList);
  }

  grpc::ServerUnaryReactor* WithdrawVenue(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartWithdraw);
  }

  grpc::ServerUnaryReactor* GetCheckInCode(grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartGetCode);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewVenuesService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
