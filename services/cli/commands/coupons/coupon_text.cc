#include "services/cli/commands/coupons/coupon_text.h"

#include <google/protobuf/repeated_field.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"

namespace tanhui::cli {
namespace {

constexpr std::uint32_t kPermilleOfPercent = 10;

std::string Count(std::uint64_t number) { return Grouped(static_cast<std::int64_t>(number)); }

std::string Time(const google::protobuf::Timestamp& time) { return TimeText(FromTimestamp(time)); }

// 105 thousandths as `10.5 %`.
std::string PercentText(std::uint32_t permille) {
  const std::uint32_t tenths = permille % kPermilleOfPercent;
  return absl::StrCat(permille / kPermilleOfPercent, tenths == 0 ? "" : absl::StrCat(".", tenths),
                      " %");
}

std::string CodesText(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> codes;
  for (const std::string& name : names) {
    codes.push_back(LastPart(name));
  }
  return codes.empty() ? "all" : absl::StrJoin(codes, ", ");
}

std::string CampaignStateText(v1::CampaignState state) {
  return StateText(v1::CampaignState_Name(state), "CAMPAIGN_STATE_");
}

std::string CouponStateText(v1::CouponState state) {
  return StateText(v1::CouponState_Name(state), "COUPON_STATE_");
}

std::string FundersText(const v1::CampaignTerms& terms) {
  std::vector<std::string> parts;
  for (const v1::CampaignFunder& funder : terms.funders()) {
    parts.push_back(absl::StrCat(LastPart(funder.budget()), " ", PercentText(funder.permille())));
  }
  if (terms.own_permille() > 0) {
    parts.push_back(absl::StrCat("the merchant ", PercentText(terms.own_permille())));
  }
  return absl::StrJoin(parts, ", ");
}

std::string ReleasesText(const v1::CampaignTerms& terms) {
  std::vector<std::string> parts;
  for (const v1::DailyRelease& release : terms.daily_releases()) {
    const std::uint32_t minute = release.minute() % 60;
    parts.push_back(absl::StrCat(Count(release.coupons()), " at ", release.minute() / 60, ":",
                                 minute < 10 ? "0" : "", minute));
  }
  return absl::StrJoin(parts, ", ");
}

std::string LimitsText(const v1::CampaignTerms& terms) {
  std::vector<std::string> parts;
  if (terms.per_citizen() > 0) {
    parts.push_back(absl::StrCat(terms.per_citizen(), " in all"));
  }
  if (terms.per_citizen_day() > 0) {
    parts.push_back(absl::StrCat(terms.per_citizen_day(), " a day"));
  }
  return parts.empty() ? "no limit" : absl::StrJoin(parts, ", ");
}

void AddWho(const v1::CampaignTerms& terms, FactList* facts) {
  facts->Add("organiser", LastPart(terms.organiser()));
  facts->Add("paid by", FundersText(terms));
  if (terms.reviewed()) {
    facts->Add("funders pay", "after review");
  }
  facts->Add("merchants", CodesText(terms.merchants()));
  facts->Add("districts", CodesText(terms.districts()));
  facts->Add("goods", CodesText(terms.categories()));
}

void AddWhen(const v1::Campaign& campaign, FactList* facts) {
  const v1::CampaignTerms& terms = campaign.terms();
  facts->Add("issued from", Time(terms.issue_first_time()));
  facts->Add("issued to", Time(terms.issue_last_time()));
  facts->Add("used from", Time(terms.use_first_time()));
  facts->Add("used to", Time(terms.use_last_time()));
  if (terms.days_after_issue() > 0) {
    facts->Add("good for", absl::StrCat(terms.days_after_issue(), " days after its issue"));
  }
  if (terms.daily_releases_size() > 0) {
    facts->Add("a day", ReleasesText(terms));
  }
  if (campaign.has_next_release_time()) {
    facts->Add("next release", Time(campaign.next_release_time()));
  }
}

void AddSums(const v1::CouponSums& sums, Table* table) {
  table->Add({"used", Count(sums.uses()), YuanText(sums.goods_fen()), YuanText(sums.discount_fen()),
              YuanText(sums.funded_fen())});
  table->Add({"given back", Count(sums.refunds()), YuanText(sums.goods_back_fen()),
              YuanText(sums.discount_back_fen()), ""});
  if (sums.reviews() > 0) {
    table->Add({"reviewed", Count(sums.reviews()), "", "", YuanText(sums.approved_fen())});
  }
  if (sums.revocations() > 0) {
    table->Add({"revoked", Count(sums.revocations()), "", "", ""});
  }
}

}  // namespace

std::string StateText(const std::string& name, std::string_view prefix) {
  return name.size() < prefix.size()
             ? ""
             : absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(prefix.size())), {{"_", " "}});
}

std::string ValueText(const v1::CampaignTerms& terms) {
  const std::string off =
      terms.face_fen() > 0 ? absl::StrCat(YuanText(terms.face_fen()), " yuan off")
                           : absl::StrCat(PercentText(terms.percent_permille()), " off, at most ",
                                          YuanText(terms.ceiling_fen()), " yuan");
  return terms.threshold_fen() == 0
             ? off
             : absl::StrCat(off, " from ", YuanText(terms.threshold_fen()), " on");
}

std::string CampaignText(const v1::Campaign& campaign) {
  const v1::CampaignTerms& terms = campaign.terms();
  FactList facts;
  facts.Add("campaign", absl::StrCat(campaign.name(), ", ", terms.display_name()));
  facts.Add("state", CampaignStateText(campaign.state()));
  facts.Add("coupon", ValueText(terms));
  facts.Add("price", terms.price_points() == 0 ? "free"
                                               : absl::StrCat(Grouped(terms.price_points()), " ",
                                                              LastPart(terms.points_asset())));
  facts.Add("issued", absl::StrCat(Count(campaign.issued()), " of ", Count(terms.stock())));
  facts.Add("to be had now", Count(campaign.left_now()));
  facts.Add("a citizen", LimitsText(terms));
  AddWho(terms, &facts);
  AddWhen(campaign, &facts);
  if (!terms.seed_sha256().empty()) {
    facts.Add("lottery", absl::StrCat(Count(campaign.applications()), " applications to ",
                                      Time(terms.apply_last_time()),
                                      campaign.has_draw() ? ", drawn" : ", not drawn"));
  }
  if (!terms.attestations().empty()) {
    facts.Add("to be attested", absl::StrJoin(terms.attestations(), ", "));
  }
  facts.Add("goods given back",
            absl::StrCat(StateText(v1::ReturnPolicy_Name(terms.return_policy()), "RETURN_POLICY_"),
                         terms.coupon_returns() ? "; the coupon comes back" : ""));
  facts.Add("set aside a coupon", absl::StrCat(YuanText(campaign.fen_per_coupon()), " yuan"));
  facts.Add("opened by entry", std::to_string(campaign.entry_index()));
  return facts.Text();
}

std::string CampaignsText(const v1::ListCampaignsResponse& page) {
  Table table({"campaign", "name", "coupon", "state", ">issued", ">of", "issued to", "used to"});
  for (const v1::Campaign& campaign : page.campaigns()) {
    const v1::CampaignTerms& terms = campaign.terms();
    table.Add({LastPart(campaign.name()), terms.display_name(), ValueText(terms),
               CampaignStateText(campaign.state()), Count(campaign.issued()), Count(terms.stock()),
               Time(terms.issue_last_time()), Time(terms.use_last_time())});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

std::string StatementText(const v1::GetCampaignStatementResponse& statement) {
  const v1::CouponSums& sums = statement.sums();
  Table money({"set aside", ">yuan"});
  money.Add({"not issued", YuanText(statement.not_issued_fen())});
  money.Add({"with citizens", YuanText(statement.held_fen())});
  money.Add({"waiting for review", YuanText(statement.review_fen())});
  money.Add({"come back", YuanText(statement.rest_fen())});
  money.Add({"merchants' net", YuanText(sums.claimed_fen())});
  money.Add({"returned to funders", YuanText(statement.gone_fen() - sums.claimed_fen())});
  money.Add({"in all", YuanText(statement.locked_fen())});
  Table uses({"coupons", ">number", ">goods", ">discount", ">funded"});
  AddSums(sums, &uses);
  return absl::StrCat(statement.campaign().name(), ", ", ValueText(statement.campaign().terms()),
                      ", ", CampaignStateText(statement.campaign().state()), "\n", money.Text(),
                      uses.Text(), "as of entry ", statement.as_of_index(), "\n");
}

std::string StatementText(const v1::GetMerchantStatementResponse& statement) {
  Table table(
      {"campaign", ">used", ">goods", ">discount", ">given back", ">discount back", ">claimed"});
  std::int64_t claimed = 0;
  for (const v1::MerchantCampaignSums& row : statement.campaigns()) {
    const v1::CouponSums& sums = row.sums();
    table.Add({LastPart(row.campaign()), Count(sums.uses()), YuanText(sums.goods_fen()),
               YuanText(sums.discount_fen()), Count(sums.refunds()),
               YuanText(sums.discount_back_fen()), YuanText(sums.claimed_fen())});
    claimed += sums.claimed_fen();
  }
  return absl::StrCat(table.empty() ? "none\n" : table.Text(), "claimed ", YuanText(claimed),
                      " yuan, as of entry ", statement.as_of_index(), "\n");
}

std::string CouponText(const v1::Coupon& coupon) {
  FactList facts;
  facts.Add("coupon", coupon.name());
  facts.Add("campaign", absl::StrCat(coupon.campaign(), ", ", coupon.display_name()));
  facts.Add("state", CouponStateText(coupon.state()));
  if (coupon.state() == v1::COUPON_STATE_LOCKED) {
    facts.Add("locked to", Time(coupon.lock_deadline_time()));
  }
  facts.Add("takes off at most", absl::StrCat(YuanText(coupon.most_fen()), " yuan"));
  if (coupon.threshold_fen() > 0) {
    facts.Add("of an order from", absl::StrCat(YuanText(coupon.threshold_fen()), " yuan on"));
  }
  if (!coupon.account().empty()) {
    facts.Add("holder", coupon.account());
  }
  facts.Add("issued", Time(coupon.issue_time()));
  facts.Add("used from", Time(coupon.use_first_time()));
  facts.Add("used to", Time(coupon.use_last_time()));
  if (coupon.points() > 0) {
    facts.Add("cost", absl::StrCat(Grouped(coupon.points()), " points"));
  }
  facts.Add("so since entry", std::to_string(coupon.state_entry_index()));
  return facts.Text();
}

std::string CouponsText(const v1::ListCouponsResponse& page) {
  Table coupons({"coupon", "campaign", "state", ">yuan", ">from", "used from", "used to"});
  for (const v1::Coupon& coupon : page.coupons()) {
    coupons.Add({LastPart(coupon.name()), LastPart(coupon.campaign()),
                 CouponStateText(coupon.state()), YuanText(coupon.most_fen()),
                 YuanText(coupon.threshold_fen()), Time(coupon.use_first_time()),
                 Time(coupon.use_last_time())});
  }
  std::string text = coupons.empty() && page.applications().empty() ? "none\n" : "";
  if (!coupons.empty()) {
    text += coupons.Text();
  }
  Table applications({">application", "campaign", "state", ">ordinal", "coupon", "made"});
  for (const v1::CouponApplication& one : page.applications()) {
    applications.Add({std::to_string(one.entry_index()), LastPart(one.campaign()),
                      StateText(v1::ApplicationState_Name(one.state()), "APPLICATION_STATE_"),
                      std::to_string(one.ordinal()), LastPart(one.coupon()),
                      Time(one.apply_time())});
  }
  return absl::StrCat(text, applications.empty() ? "" : applications.Text(),
                      NextPage(page.next_page_token()));
}

namespace {

// A line of what was written; nothing of a dry run.
template <typename Answer>
void AddEntry(const Answer& answer, FactList* facts) {
  if (answer.entry_index() > 0) {
    facts->Add("entry", absl::StrCat(answer.entry_index(), answer.replayed() ? ", replayed" : ""));
    facts->Add("time", Time(answer.record_time()));
  }
}

void AddRefund(const v1::RefundCouponResponse& answer, FactList* facts) {
  facts->Add("goods", absl::StrCat(YuanText(answer.goods_fen()), " yuan"));
  facts->Add("less discount", absl::StrCat(YuanText(answer.discount_fen()), " yuan"));
  facts->Add("the customer gets", absl::StrCat(YuanText(answer.customer_fen()), " yuan"));
  facts->Add("coupon", answer.coupon_back() ? "can be used again" : "stays used");
  AddEntry(answer, facts);
}

}  // namespace

std::string LockText(const v1::LockCouponResponse& answer) {
  FactList facts;
  facts.Add("coupon", answer.coupon());
  facts.Add("takes off", absl::StrCat(YuanText(answer.discount_fen()), " yuan"));
  AddEntry(answer, &facts);
  return facts.Text();
}

std::string RedemptionText(const v1::RedeemCouponResponse& answer) {
  FactList facts;
  facts.Add("coupon", answer.coupon());
  facts.Add("the customer pays less", absl::StrCat(YuanText(answer.discount_fen()), " yuan"));
  facts.Add(answer.in_review() ? "funders pay after review" : "funders pay",
            absl::StrCat(YuanText(answer.funded_fen()), " yuan"));
  facts.Add("the merchant bears",
            absl::StrCat(YuanText(answer.discount_fen() - answer.funded_fen()), " yuan"));
  AddEntry(answer, &facts);
  return facts.Text();
}

std::string RefundText(const v1::RefundCouponResponse& answer) {
  FactList facts;
  AddRefund(answer, &facts);
  return facts.Text();
}

std::string OrderRefundText(const v1::RefundOrderResponse& answer) {
  FactList facts;
  if (answer.has_coupon()) {
    AddRefund(answer.coupon(), &facts);
  }
  if (answer.points() > 0) {
    facts.Add("points given back", Grouped(answer.points()));
    facts.Add("by entry", std::to_string(answer.points_entry_index()));
  }
  if (answer.award_points() > 0) {
    facts.Add("points of the award taken back", Grouped(answer.award_points()));
    facts.Add("by the entry", std::to_string(answer.award_entry_index()));
  }
  if (answer.forgiven_points() > 0) {
    facts.Add("forgiven", Grouped(answer.forgiven_points()));
  }
  return absl::StrCat(facts.Text(), answer.replayed() ? "as it was done before\n" : "");
}

}  // namespace tanhui::cli
