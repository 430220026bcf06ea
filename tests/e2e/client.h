// A caller of the API: any method of any service, and the parts of a refusal.
#ifndef TANHUI_TESTS_E2E_CLIENT_H_
#define TANHUI_TESTS_E2E_CLIENT_H_

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "google/rpc/status.pb.h"
#include "tanhui/v1/accounts.grpc.pb.h"
#include "tanhui/v1/admin.grpc.pb.h"
#include "tanhui/v1/budgets.grpc.pb.h"
#include "tanhui/v1/cases.grpc.pb.h"
#include "tanhui/v1/catalogue.grpc.pb.h"
#include "tanhui/v1/coupons.grpc.pb.h"
#include "tanhui/v1/events.grpc.pb.h"
#include "tanhui/v1/exchanges.grpc.pb.h"
#include "tanhui/v1/households.grpc.pb.h"
#include "tanhui/v1/links.grpc.pb.h"
#include "tanhui/v1/loads.grpc.pb.h"
#include "tanhui/v1/log.grpc.pb.h"
#include "tanhui/v1/merchants.grpc.pb.h"
#include "tanhui/v1/peers.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"
#include "tanhui/v1/reports.grpc.pb.h"
#include "tanhui/v1/requests.grpc.pb.h"
#include "tanhui/v1/rules.grpc.pb.h"
#include "tanhui/v1/settlement.grpc.pb.h"
#include "tanhui/v1/unclaimed.grpc.pb.h"
#include "tanhui/v1/venues.grpc.pb.h"

namespace tanhui::e2e {

using PointsStub = v1::PointsService::Stub;
using AccountsStub = v1::AccountsService::Stub;
using BudgetsStub = v1::BudgetsService::Stub;
using LogStub = v1::LogService::Stub;
using RequestsStub = v1::RequestsService::Stub;
using FilesStub = v1::FilesService::Stub;
using AdminStub = v1::AdminService::Stub;
using HouseholdsStub = v1::HouseholdsService::Stub;
using ReportsStub = v1::ReportsService::Stub;
using RulesStub = v1::RulesService::Stub;
using CatalogueStub = v1::CatalogueService::Stub;
using VenuesStub = v1::VenuesService::Stub;
using CasesStub = v1::CasesService::Stub;
using CouponsStub = v1::CouponsService::Stub;
using PeersStub = v1::PeersService::Stub;
using ExchangesStub = v1::ExchangesService::Stub;
using UnclaimedStub = v1::UnclaimedActsService::Stub;
using LinksStub = v1::LinksService::Stub;
using EventsStub = v1::EventsService::Stub;
using LoadsStub = v1::LoadsService::Stub;
using MerchantsStub = v1::MerchantsService::Stub;
using SettlementStub = v1::SettlementService::Stub;

// What a refusal carries. Every part is empty when the answer did not have it.
struct Refused {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::string locale;
  std::string text;
  bool has_retry = false;
};

Refused RefusedOf(const google::rpc::Status& status);
Refused RefusedOf(const grpc::Status& status);
// The reason alone, "" for what was not refused.
std::string ReasonOf(const grpc::Status& status);
std::string ReasonOf(const google::rpc::Status& status);

template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;
  bool ok() const { return status.ok(); }
  std::string reason() const { return ReasonOf(status); }
};

// Immutable, so any number of threads may use one.
class Client {
 public:
  using Clock = std::chrono::system_clock;

  // Without a token the call carries none; an empty language leaves the choice to the server.
  explicit Client(std::shared_ptr<grpc::Channel> channel, std::string token = {},
                  std::string language = {});
  // The same connection, another caller or language.
  Client WithToken(std::string token) const {
    return Client(channel_, std::move(token), language_);
  }
  Client WithLanguage(std::string language) const {
    return Client(channel_, token_, std::move(language));
  }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  template <typename Stub, typename Request, typename Response>
  Answer<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, Clock::duration timeout = kTimeout) const {
    grpc::ClientContext context;
    Prepare(context, timeout);
    Answer<Response> out;
    out.status =
        (std::get<std::shared_ptr<Stub>>(*stubs_).get()->*method)(&context, request, &out.response);
    return out;
  }

  // `method` as in "tanhui.v1.PointsService/Award"; the answer's bytes come back in `answer`.
  grpc::Status CallRaw(const std::string& method, std::string_view request,
                       std::string* answer = nullptr) const;

 private:
  static constexpr auto kTimeout = std::chrono::seconds(30);
  using Stubs = std::tuple<
      std::shared_ptr<PointsStub>, std::shared_ptr<AccountsStub>, std::shared_ptr<BudgetsStub>,
      std::shared_ptr<LogStub>, std::shared_ptr<RequestsStub>, std::shared_ptr<FilesStub>,
      std::shared_ptr<AdminStub>, std::shared_ptr<HouseholdsStub>, std::shared_ptr<ReportsStub>,
      std::shared_ptr<CasesStub>, std::shared_ptr<RulesStub>, std::shared_ptr<CatalogueStub>,
      std::shared_ptr<VenuesStub>, std::shared_ptr<UnclaimedStub>, std::shared_ptr<LinksStub>,
      std::shared_ptr<EventsStub>, std::shared_ptr<MerchantsStub>, std::shared_ptr<SettlementStub>,
      std::shared_ptr<LoadsStub>, std::shared_ptr<CouponsStub>, std::shared_ptr<PeersStub>,
      std::shared_ptr<ExchangesStub>>;

  void Prepare(grpc::ClientContext& context, Clock::duration timeout) const;

  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  std::string language_;
  std::shared_ptr<const Stubs> stubs_;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_CLIENT_H_
