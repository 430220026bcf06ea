#include "bench/load/rush.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/load/call.h"
#include "bench/load/request_ids.h"
#include "services/cli/client/refusal_details.h"
#include "tanhui/v1/admin.grpc.pb.h"
#include "tanhui/v1/budgets.grpc.pb.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::bench {
namespace {

using Steady = std::chrono::steady_clock;
using System = std::chrono::system_clock;

constexpr std::int64_t kFaceFen = 1'000;
constexpr auto kDay = std::chrono::hours(24);

void Set(google::protobuf::Timestamp& out, System::time_point time) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(time);
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count()));
}

// A money of the stage's scheme and a budget in it, the same in every run.
absl::Status MakeMoney(const std::shared_ptr<grpc::Channel>& channel) {
  const auto admin = v1::AdminService::NewStub(channel);
  v1::CreateAssetRequest asset;
  asset.set_request_id("rush-money");
  asset.set_asset_id("rush-fen");
  asset.set_display_name("Fen of the rush");
  asset.set_scheme("schemes/bench");
  asset.set_max_amount(1'000'000'000'000);
  asset.set_money(true);
  v1::CreateAssetResponse made;
  absl::Status status =
      Call(*admin, &v1::AdminService::Stub::CreateAsset, asset, made, "the money");
  if (!status.ok()) {
    return status;
  }
  const auto budgets = v1::BudgetsService::NewStub(channel);
  v1::BudgetsServiceCreateRequest create;
  create.set_request_id("rush-budget");
  create.set_budget_id("rush-budget");
  create.set_display_name("Budget of the rush");
  create.set_asset("assets/rush-fen");
  create.set_sponsor("participants/bench-sponsor");
  v1::BudgetsServiceCreateResponse created;
  status = Call(*budgets, &v1::BudgetsService::Stub::Create, create, created, "the budget");
  if (!status.ok()) {
    return status;
  }
  v1::FundRequest fund;
  fund.set_request_id("rush-fund");
  fund.set_budget("budgets/rush-budget");
  fund.set_points(1'000'000'000'000);
  v1::FundResponse funded;
  return Call(*budgets, &v1::BudgetsService::Stub::Fund, fund, funded, "the budget's fen");
}

absl::Status OpenCampaign(v1::CouponsService::Stub& stub, const RushOptions& options,
                          const std::string& campaign, System::time_point release) {
  v1::CreateCampaignRequest request;
  request.set_request_id(absl::StrCat("open-", campaign));
  request.set_campaign_id(campaign);
  v1::CampaignTerms& terms = *request.mutable_terms();
  terms.set_display_name("Rush");
  terms.set_organiser("participants/bench-sponsor");
  terms.set_money("assets/rush-fen");
  terms.set_face_fen(kFaceFen);
  terms.set_threshold_fen(2 * kFaceFen);
  Set(*terms.mutable_issue_first_time(), release);
  Set(*terms.mutable_issue_last_time(), release + kDay);
  Set(*terms.mutable_use_first_time(), release);
  Set(*terms.mutable_use_last_time(), release + 2 * kDay);
  terms.set_stock(static_cast<std::uint64_t>(options.coupons));
  terms.set_per_citizen(static_cast<std::uint32_t>(options.per_citizen));
  terms.set_return_policy(v1::RETURN_POLICY_APPORTION);
  v1::CampaignFunder& funder = *terms.add_funders();
  funder.set_budget("budgets/rush-budget");
  funder.set_permille(1'000);
  v1::CreateCampaignResponse response;
  return Call(stub, &v1::CouponsService::Stub::CreateCampaign, request, response, "the campaign");
}

// One citizen's call.
struct Ask {
  std::size_t citizen = 0;
  Steady::time_point start;
  std::optional<grpc::ClientContext> context;
  grpc::Status status;
  v1::IssueCouponRequest request;
  v1::IssueCouponResponse response;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::IssueCouponResponse>> reader;
};

// All calls of the citizens, over one completion queue; one thread.
class Rush {
 public:
  Rush(v1::CouponsService::Stub& stub, const Stage& stage, const RushOptions& options,
       std::string campaign, Steady::time_point release)
      : stub_(stub),
        stage_(stage),
        options_(options),
        campaign_(std::move(campaign)),
        release_(release),
        ids_(IdKind::kUuidV7, options.seed),
        got_(stage.accounts.size()),
        asks_(static_cast<std::size_t>(options.in_flight)) {
    for (int i = 0; i < options.asks; ++i) {
      for (std::size_t citizen = 0; citizen < stage.accounts.size(); ++citizen) {
        order_.push_back(citizen);
      }
    }
    Dice dice(~options.seed);
    for (std::size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[dice.Below(i)]);
    }
  }

  RushResult Go() {
    for (Ask& ask : asks_) {
      SendNext(ask);
    }
    void* tag = nullptr;
    bool ok = false;
    while (under_way_ > 0 && queue_.Next(&tag, &ok)) {  // each call has a deadline
      --under_way_;
      Ask& ask = *static_cast<Ask*>(tag);
      Ended(ask, Steady::now());
      SendNext(ask);
    }
    result_.time = Steady::now() - release_;
    result_.most_of_one_citizen = *std::max_element(got_.begin(), got_.end());
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
    return std::move(result_);
  }

 private:
  void SendNext(Ask& ask) {
    if (next_ == order_.size()) {
      return;
    }
    ask.citizen = order_[next_++];
    ids_.Next(*ask.request.mutable_request_id());
    ask.request.set_campaign(campaign_);
    ask.request.set_account(stage_.accounts[ask.citizen]);
    ask.context.emplace();
    ask.context->set_deadline(System::now() + options_.call_timeout);
    ask.start = Steady::now();
    ask.reader = stub_.AsyncIssueCoupon(&*ask.context, ask.request, &queue_);
    ask.reader->Finish(&ask.response, &ask.status, &ask);
    ++under_way_;
  }

  void Ended(const Ask& ask, Steady::time_point now) {
    if (ask.status.ok()) {
      result_.issued.Add(now - ask.start);
      ++result_.coupons;
      ++got_[ask.citizen];
      result_.until_gone = std::max(result_.until_gone, now - release_);
      return;
    }
    const cli::RefusalDetails details = cli::DetailsOf(ask.status);
    ++result_.reasons[details.reason.empty() ? Describe(ask.status) : details.reason];
    if (ask.start >= release_) {
      result_.refused.Add(now - ask.start);
    } else {
      // Who came before the release comes again.
      order_.push_back(ask.citizen);
    }
  }

  v1::CouponsService::Stub& stub_;
  const Stage& stage_;
  const RushOptions& options_;
  const std::string campaign_;
  const Steady::time_point release_;
  RequestIds ids_;
  std::vector<int> got_;  // coupons, by citizen
  std::vector<std::size_t> order_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  grpc::CompletionQueue queue_;
  std::deque<Ask> asks_;
  RushResult result_;
};

}  // namespace

absl::StatusOr<RushResult> RunRush(const std::shared_ptr<grpc::Channel>& channel,
                                   const Stage& stage, const RushOptions& options,
                                   const std::string& run) {
  if (absl::Status status = MakeMoney(channel); !status.ok()) {
    return status;
  }
  const auto stub = v1::CouponsService::NewStub(channel);
  const std::string campaign = absl::StrCat("rush-", run);
  const Steady::time_point release = Steady::now() + options.ahead;
  if (absl::Status status =
          OpenCampaign(*stub, options, campaign, System::now() + (release - Steady::now()));
      !status.ok()) {
    return status;
  }
  std::this_thread::sleep_until(release - options.early);
  RushResult result =
      Rush(*stub, stage, options, absl::StrCat("campaigns/", campaign), release).Go();
  v1::GetCampaignRequest get;
  get.set_name(absl::StrCat("campaigns/", campaign));
  v1::GetCampaignResponse got;
  if (absl::Status status =
          Call(*stub, &v1::CouponsService::Stub::GetCampaign, get, got, "reading the campaign");
      !status.ok()) {
    return status;
  }
  result.issued_by_campaign = got.campaign().issued();
  return result;
}

}  // namespace tanhui::bench
