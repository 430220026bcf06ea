#include "ledger/coupons/campaign_terms.h"

#include <algorithm>
#include <string>

#include "ledger/coupons/discount.h"
#include "ledger/points/budget_period.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

using rules::Collected;
using rules::Each;
using rules::Found;
using rules::Want;

constexpr std::uint32_t kMinutesOfDay = 24 * 60;
constexpr std::uint32_t kMaxDistrict = 999'999;
constexpr std::uint32_t kWorstGrade = 5;
constexpr std::string_view kFenProblem = "must be 0 to 100000000000 fen";
constexpr std::string_view kOrderProblem = "must come in order, each once";

bool IsFen(std::int64_t fen) { return fen >= 0 && fen <= kMaxFen; }

bool IsTime(std::int64_t micros) {
  return LedgerTime(micros) >= kEarliestTime && LedgerTime(micros) <= kLatestTime;
}

// Rows of a list: not too many, each one after the one before by `key`.
template <typename Rows, typename Key>
Found CheckList(std::string_view field, const Rows& rows, std::size_t most, Key key) {
  if (static_cast<std::size_t>(rows.size()) > most) {
    return Want(false, field, "has more than " + std::to_string(most) + " rows");
  }
  for (int i = 1; i < rows.size(); ++i) {
    if (!(key(rows.Get(i - 1)) < key(rows.Get(i)))) {
      return Want(false, std::string(field) + "[" + std::to_string(i) + "]", kOrderProblem);
    }
  }
  return std::nullopt;
}

template <typename Rows>
Found CheckCodes(std::string_view field, const Rows& rows) {
  if (Found found =
          Each(field, rows, [](std::string_view code) { return rules::WantCode(code, ""); })) {
    return found;
  }
  return CheckList(field, rows, kMaxListed,
                   [](const std::string& code) { return std::string_view(code); });
}

template <typename Rows>
Found CheckNumbers(std::string_view field, const Rows& rows, std::uint32_t most) {
  if (Found found = Each(field, rows, [most](std::uint32_t number) {
        return Want(number > 0 && number <= most, "", "is no such number");
      })) {
    return found;
  }
  return CheckList(field, rows, kMaxListed, [](std::uint32_t number) { return number; });
}

Found CheckValue(const pb::CampaignOpening& opening) {
  const bool fixed = opening.face_fen() != 0;
  return Collected({
      Want(IsFen(opening.face_fen()), "face_fen", kFenProblem),
      Want(IsFen(opening.ceiling_fen()), "ceiling_fen", kFenProblem),
      Want(IsFen(opening.threshold_fen()), "threshold_fen", kFenProblem),
      Want(IsFen(opening.funded_ceiling_fen()), "funded_ceiling_fen", kFenProblem),
      Want(opening.percent_permille() <= kWholePermille, "percent_permille",
           "must be at most 1000"),
      Want(fixed != (opening.percent_permille() != 0), "face_fen",
           "either this or percent_permille must be set"),
      Want(fixed == (opening.ceiling_fen() == 0), "ceiling_fen",
           "must be set with percent_permille, and with that only"),
  });
}

Found CheckTimes(const pb::CampaignOpening& opening) {
  constexpr std::string_view kBefore = "must not be before the first time";
  Found times = Collected({
      Want(IsTime(opening.issue_first_micros()), "issue_first_time", "is no time that can be"),
      Want(IsTime(opening.issue_last_micros()), "issue_last_time", "is no time that can be"),
      Want(IsTime(opening.use_first_micros()), "use_first_time", "is no time that can be"),
      Want(IsTime(opening.use_last_micros()), "use_last_time", "is no time that can be"),
  });
  return times
             ? times
             : Collected({
                   Want(opening.issue_first_micros() <= opening.issue_last_micros(),
                        "issue_last_time", kBefore),
                   Want(opening.use_first_micros() <= opening.use_last_micros(), "use_last_time",
                        kBefore),
                   Want(opening.issue_last_micros() <= opening.use_last_micros(), "use_last_time",
                        "must not be before issue_last_time"),
                   rules::WantAtMost(opening.days_after_issue(), kMaxTermDays, "days_after_issue"),
               });
}

Found CheckStock(const pb::CampaignOpening& opening) {
  Found releases = Each("daily_releases", opening.daily_releases(), [](const auto& release) {
    return Collected({
        Want(release.minute() < kMinutesOfDay, "minute", "must be 0 to 1439"),
        Want(release.coupons() > 0 && release.coupons() <= kMaxStock, "coupons",
             "must be 1 to 1000000000"),
    });
  });
  return Collected({
      Want(opening.stock() > 0 && opening.stock() <= kMaxStock, "stock", "must be 1 to 1000000000"),
      std::move(releases),
      CheckList("daily_releases", opening.daily_releases(), kMaxReleases,
                [](const auto& release) { return release.minute(); }),
      rules::WantAtMost(opening.per_citizen(), kMaxStock, "per_citizen"),
      rules::WantAtMost(opening.per_citizen_day(), kMaxStock, "per_citizen_day"),
      rules::WantAtMost(opening.stacking_slot(), kStackingSlots, "stacking_slot"),
      Want((opening.points_asset() != 0) == (opening.price_points() != 0), "price_points",
           "needs points_asset, and that needs a price"),
      Want(opening.price_points() >= 0 && Amount(opening.price_points()) <= kMaxPostingAmount,
           "price_points", "must be 0 to 1000000000000"),
      Want(pb::ReturnPolicy_IsValid(opening.return_policy()) &&
               opening.return_policy() != pb::RETURN_POLICY_UNSPECIFIED,
           "return_policy", "must be stated"),
  });
}

Found CheckFunders(const pb::CampaignOpening& opening) {
  std::uint64_t sum = opening.own_permille();
  for (const pb::CampaignFunder& funder : opening.funders()) {
    sum += funder.permille();
  }
  const bool funded = !opening.funders().empty();
  return Collected({
      Each("funders", opening.funders(),
           [](const auto& funder) {
             return Want(funder.permille() > 0 && funder.permille() <= kWholePermille, "permille",
                         "must be 1 to 1000");
           }),
      CheckList("funders", opening.funders(), kMaxFunders,
                [](const auto& funder) { return funder.budget(); }),
      Want(opening.own_permille() <= kWholePermille && sum == kWholePermille, "own_permille",
           "and those of the funders must come to 1000"),
      Want(funded || !opening.reviewed(), "reviewed", "needs funders"),
      Want(funded || opening.funded_ceiling_fen() == 0, "funded_ceiling_fen", "needs funders"),
  });
}

Found CheckLottery(const pb::CampaignOpening& opening) {
  if (opening.seed_sha256().empty()) {
    return Collected({
        Want(opening.beacon().empty(), "beacon", "is for a lottery only, which has seed_sha256"),
        Want(opening.apply_last_micros() == 0, "apply_last_time",
             "is for a lottery only, which has seed_sha256"),
    });
  }
  return Collected({
      Want(opening.seed_sha256().size() == Hash256::kSize, "seed_sha256", "must be 32 bytes"),
      rules::WantText(opening.beacon(), rules::kMaxSourceText, "beacon"),
      Want(opening.apply_last_micros() >= opening.issue_first_micros() &&
               opening.apply_last_micros() < opening.issue_last_micros(),
           "apply_last_time", "must be from issue_first_time on and before issue_last_time"),
      Want(opening.daily_releases().empty(), "daily_releases",
           "are not for a lottery: who won gets a coupon"),
  });
}

Found CheckTradeIn(const pb::CampaignOpening& opening) {
  if (!opening.has_trade_in()) {
    return std::nullopt;
  }
  const pb::TradeInTerms& terms = opening.trade_in();
  return Collected({
      Want(!terms.categories().empty(), "trade_in.categories", "is missing"),
      CheckCodes("trade_in.categories", terms.categories()),
      Want(terms.worst_grade() <= kWorstGrade, "trade_in.worst_grade", "must be 0 to 5"),
      Want(opening.reviewed(), "reviewed", "must be set: trade-ins are paid after review"),
  });
}

// So that one posting can move all that is set aside.
Found CheckTotal(const pb::CampaignOpening& opening) {
  const Campaign campaign = CampaignOf(opening, EntryIndex());
  const auto total = static_cast<__int128>(campaign.stock) * LockOf(campaign).units();
  return Want(total <= kMaxPostingAmount.units(), "stock",
              "so many coupons need more than 1000000000000 fen");
}

std::optional<Refusal> RefusedFunders(const Registry& registry, const pb::CampaignOpening& opening,
                                      LedgerTime now) {
  std::optional<Refusal> refusal;
  for (int i = 0; i < opening.funders_size(); ++i) {
    const std::string field = "funders[" + std::to_string(i) + "].budget";
    const Budget* budget = registry.FindBudget(AccountNo(opening.funders(i).budget()));
    if (budget == nullptr) {
      refusal = FirstListed(std::move(refusal), Refusal(Reason::kUnknownBudget, field));
    } else if (budget->asset != AssetNo(opening.money())) {
      refusal = FirstListed(std::move(refusal), Refusal(Reason::kAssetMismatch, field));
    } else if (!points::PaysOn(*budget, ShanghaiDate(now))) {
      refusal = FirstListed(std::move(refusal), Refusal(Reason::kBudgetOutOfPeriod, field));
    }
  }
  return refusal;
}

std::optional<Refusal> RefusedParticipants(const Registry& registry,
                                           const pb::CampaignOpening& opening) {
  const auto refused = [&registry](std::uint32_t number, std::string field, auto fits) {
    const Participant* participant = registry.Find(ParticipantNo(number));
    if (participant == nullptr) {
      return std::optional(Refusal(Reason::kUnknownParticipant, std::move(field)));
    }
    return fits(participant->kind) ? std::optional<Refusal>()
                                   : Refusal(Reason::kWrongParticipantKind, std::move(field));
  };
  auto refusal = refused(opening.organiser(), "organiser", [](ParticipantKind kind) {
    return kind == ParticipantKind::kDistrict || kind == ParticipantKind::kSponsor ||
           kind == ParticipantKind::kMerchant || kind == ParticipantKind::kOperator;
  });
  for (int i = 0; i < opening.merchants_size(); ++i) {
    refusal = FirstListed(
        std::move(refusal),
        refused(opening.merchants(i), "merchants[" + std::to_string(i) + "]",
                [](ParticipantKind kind) { return kind == ParticipantKind::kMerchant; }));
  }
  return refusal;
}

std::optional<Refusal> RefusedAssets(const Registry& registry, const pb::CampaignOpening& opening) {
  const Asset* money = registry.Find(AssetNo(opening.money()));
  if (money == nullptr) {
    return Refusal(Reason::kUnknownAsset, "money");
  }
  if (!money->money) {
    return Refusal(Reason::kAssetMismatch, "money");
  }
  if (opening.points_asset() == 0) {
    return std::nullopt;
  }
  const Asset* points = registry.Find(AssetNo(opening.points_asset()));
  if (points == nullptr) {
    return Refusal(Reason::kUnknownAsset, "points_asset");
  }
  // One entry, and so one ledger day, moves both.
  return points->money || points->scheme != money->scheme
             ? std::optional(Refusal(Reason::kAssetMismatch, "points_asset"))
             : std::nullopt;
}

template <typename Out, typename Rows>
std::vector<Out> ListOf(const Rows& rows) {
  std::vector<Out> list;
  list.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    list.emplace_back(row);
  }
  return list;
}

}  // namespace

rules::Found CheckOpening(const pb::CampaignOpening& opening) {
  Found found = Collected({
      rules::WantCode(opening.code(), "campaign_id"),
      rules::WantText(opening.display_name(), rules::kMaxDisplayName, "display_name"),
      CheckValue(opening),
      CheckNumbers("merchants", opening.merchants(), std::numeric_limits<std::uint32_t>::max()),
      CheckNumbers("districts", opening.districts(), kMaxDistrict),
      CheckCodes("categories", opening.categories()),
      CheckTimes(opening),
      CheckStock(opening),
      CheckFunders(opening),
      CheckCodes("attestations", opening.attestations()),
      CheckLottery(opening),
      CheckTradeIn(opening),
  });
  return found ? found : CheckTotal(opening);
}

std::optional<Refusal> RefusedOpening(const Registry& registry, const pb::CampaignOpening& opening,
                                      LedgerTime now) {
  std::optional<Refusal> refusal;
  if (opening.issue_last_micros() < now.value()) {
    refusal = FieldInvalid({"issue_last_time", "has passed"});
  }
  if (CampaignsOf(registry).Find(opening.code()) != nullptr) {
    refusal = FirstListed(std::move(refusal),
                          Refusal(Reason::kCodeExists, "campaign_id").With("code", opening.code()));
  }
  refusal = FirstListed(std::move(refusal), RefusedParticipants(registry, opening));
  refusal = FirstListed(std::move(refusal), RefusedAssets(registry, opening));
  return FirstListed(std::move(refusal), RefusedFunders(registry, opening, now));
}

Campaign CampaignOf(const pb::CampaignOpening& opening, EntryIndex index) {
  Campaign campaign;
  campaign.number = CampaignNo(opening.number());
  campaign.code = opening.code();
  campaign.display_name = opening.display_name();
  campaign.organiser = ParticipantNo(opening.organiser());
  campaign.money = AssetNo(opening.money());
  campaign.value = {Amount(opening.face_fen()),    opening.percent_permille(),
                    Amount(opening.ceiling_fen()), Amount(opening.threshold_fen()),
                    opening.own_permille(),        Amount(opening.funded_ceiling_fen())};
  campaign.merchants = ListOf<ParticipantNo>(opening.merchants());
  campaign.districts = ListOf<std::uint32_t>(opening.districts());
  campaign.categories = ListOf<std::string>(opening.categories());
  campaign.issue_first = LedgerTime(opening.issue_first_micros());
  campaign.issue_last = LedgerTime(opening.issue_last_micros());
  campaign.use_first = LedgerTime(opening.use_first_micros());
  campaign.use_last = LedgerTime(opening.use_last_micros());
  campaign.days_after_issue = opening.days_after_issue();
  campaign.stock = opening.stock();
  for (const pb::DailyRelease& release : opening.daily_releases()) {
    campaign.releases.push_back({release.minute(), release.coupons()});
  }
  campaign.per_citizen = opening.per_citizen();
  campaign.per_citizen_day = opening.per_citizen_day();
  campaign.stacking_slot = opening.stacking_slot();
  campaign.points_asset = AssetNo(opening.points_asset());
  campaign.price = Amount(opening.price_points());
  campaign.return_policy = static_cast<ReturnPolicy>(opening.return_policy());
  campaign.coupon_returns = opening.coupon_returns();
  for (const pb::CampaignFunder& funder : opening.funders()) {
    campaign.funders.push_back({AccountNo(funder.budget()), funder.permille()});
  }
  campaign.reviewed = opening.reviewed();
  campaign.attestations = ListOf<std::string>(opening.attestations());
  if (!opening.seed_sha256().empty()) {
    campaign.seed_sha256 = Hash256::FromView(opening.seed_sha256());
  }
  campaign.beacon = opening.beacon();
  campaign.apply_last = LedgerTime(opening.apply_last_micros());
  if (opening.has_trade_in()) {
    campaign.trade_in = TradeIn{ListOf<std::string>(opening.trade_in().categories()),
                                opening.trade_in().worst_grade()};
  }
  campaign.stock_account = AccountNo(opening.stock_account());
  campaign.entry = index;
  return campaign;
}

Amount LockOf(const Campaign& campaign) {
  return Funded(campaign.value, MaxDiscount(campaign.value));
}

std::string_view StateOf(const Campaign& campaign, LedgerTime now) {
  if (campaign.ended) {
    return "ENDED";
  }
  if (now > campaign.issue_last) {
    return "OVER";
  }
  if (campaign.paused) {
    return "PAUSED";
  }
  return now < campaign.issue_first ? "NOT_BEGUN" : "RUNNING";
}

Refusal FieldInvalid(const rules::Problem& problem) {
  return Refusal(Reason::kFieldInvalid, problem.path).With("problem", problem.problem);
}

Refusal RefusedCampaign(std::string_view state) {
  return Refusal(Reason::kCampaignState, "campaign").With("state", state);
}

}  // namespace tanhui::coupons
