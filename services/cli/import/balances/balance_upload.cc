#include "services/cli/import/balances/balance_upload.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"

namespace tanhui::cli {
namespace {

// Of the file's text in one call: what is sent is at most about twice as long, and a call may have
// 4 MiB.
constexpr std::size_t kMostText = 1U << 20U;
constexpr std::size_t kDigits = 16;

// Balances that go in one call: from the first to the one before the second.
using Chunk = std::pair<std::size_t, std::size_t>;

std::vector<Chunk> ChunksOf(const BalanceFile& file, std::size_t most) {
  std::vector<Chunk> chunks;
  std::size_t text = 0;
  for (std::size_t i = 0; i < file.balances().size(); ++i) {
    const BalanceLines& lines = file.balances()[i];
    const std::size_t size = lines.end - lines.begin;
    if (chunks.empty() || i - chunks.back().first == most || text + size > kMostText) {
      chunks.emplace_back(i, i);
      text = 0;
    }
    chunks.back().second = i + 1;
    text += size;
  }
  return chunks;
}

std::int64_t PointsOf(const v1::StateBalanceRequest& balance) {
  std::int64_t points = 0;  // 1,024 lots of 10^12 cannot overflow it
  for (const v1::OpeningLot& lot : balance.lots()) {
    points += lot.points();
  }
  return points;
}

void Refuse(std::uint64_t line, std::string reason, std::int64_t points,
            BalanceOutcomes* outcomes) {
  BalanceOutcomes::Sum& sum = outcomes->by_reason[reason];
  ++sum.accounts;
  sum.points += points;
  if (outcomes->refused.size() < kMostProblems) {
    outcomes->refused.push_back({line, std::move(reason), points});
  }
}

// Delivers the balances in chunks, several at a time, and counts what became of them; `make` makes
// the request for a balance and `accepted` finds what a result holds. No request carries a
// not_after: the same id must work on a later day.
template <typename Request, typename Result, typename Make, typename AcceptedBy>
grpc::Status SendAll(const BalanceFile& file, const BalancePlan& plan, const Make& make,
                     const SendBatch<Request, Result>& send, const AcceptedBy& accepted,
                     BalanceOutcomes* outcomes, const BalanceProgress& progress,
                     const StopFlag& stop) {
  const std::vector<Chunk> chunks = ChunksOf(file, plan.policy.chunk);
  grpc::Status end;
  const std::function<Delivery<Result>(std::size_t)> work = [&](std::size_t at) {
    if (stop.load()) {
      Delivery<Result> stopped;
      stopped.failure = StoppedStatus();
      return stopped;
    }
    std::vector<Request> requests;
    for (std::size_t i = chunks[at].first; i < chunks[at].second; ++i) {
      requests.push_back(make(file.RequestOf(file.balances()[i])));
    }
    return Deliver<Request, Result>(requests, send, plan.policy, stop);
  };
  const auto count = [&](const BalanceLines& lines, const Result& result, bool repeated) {
    if (result.has_error()) {
      Refuse(lines.line, ReasonWord(DetailsOf(result.error())), PointsOf(file.RequestOf(lines)),
             outcomes);
      return;
    }
    const auto& answer = accepted(result);
    const bool ours = repeated && answer.entry_index() > plan.last_entry_before;
    ++(answer.replayed() && !ours ? outcomes->already : outcomes->done);
    outcomes->points += answer.points();
  };
  const std::function<bool(std::size_t, Delivery<Result>)> take = [&](std::size_t at,
                                                                      Delivery<Result> delivery) {
    if (!delivery.failure.ok()) {
      end = delivery.failure;
      return false;
    }
    for (std::size_t i = 0; i < delivery.results.size(); ++i) {
      count(file.balances()[chunks[at].first + i], delivery.results[i], delivery.repeated);
    }
    progress(chunks[at].second);
    return true;
  };
  RunInOrder<Delivery<Result>>(chunks.size(), plan.policy.in_flight, work, take);
  return end;
}

}  // namespace

std::string BalanceIds::Digits(const v1::StateBalanceRequest& balance) const {
  const bool user = balance.account().empty();
  const Hash256 hash = key_.Of({user ? "tanhui/load/user/v1 " : "tanhui/load/account/v1 ",
                                user ? balance.platform_user_id() : balance.account()});
  const std::string_view bytes = hash.view().substr(0, kDigits / 2);
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

std::string BalanceIds::Stating(const v1::StateBalanceRequest& balance) const {
  return absl::StrCat("load:", load_, ":", Digits(balance));
}

std::string BalanceIds::Crediting(const v1::StateBalanceRequest& balance) const {
  return absl::StrCat("credit:", load_, ":", Digits(balance));
}

grpc::Status StateBalances(const BalanceFile& file, const BalanceIds& ids, const BalancePlan& plan,
                           const SendBalances& send, BalanceOutcomes* outcomes,
                           const BalanceProgress& progress, const StopFlag& stop) {
  const auto make = [&](v1::StateBalanceRequest balance) {
    balance.set_request_id(ids.Stating(balance));
    balance.set_load(plan.load);
    return balance;
  };
  const auto accepted = [](const v1::StateBalanceResult& result) -> const auto& {
    return result.balance();
  };
  return SendAll<v1::StateBalanceRequest, v1::StateBalanceResult>(file, plan, make, send, accepted,
                                                                  outcomes, progress, stop);
}

grpc::Status CreditBalances(const BalanceFile& file, const BalanceIds& ids, const BalancePlan& plan,
                            const SendCredits& send, BalanceOutcomes* outcomes,
                            const BalanceProgress& progress, const StopFlag& stop) {
  const auto make = [&](const v1::StateBalanceRequest& balance) {
    v1::CreditBalanceRequest credit;
    credit.set_request_id(ids.Crediting(balance));
    credit.set_balance_request_id(ids.Stating(balance));
    return credit;
  };
  const auto accepted = [](const v1::CreditBalanceResult& result) -> const auto& {
    return result.credit();
  };
  return SendAll<v1::CreditBalanceRequest, v1::CreditBalanceResult>(
      file, plan, make, send, accepted, outcomes, progress, stop);
}

}  // namespace tanhui::cli
