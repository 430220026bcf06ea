#include "services/cli/commands/coupons/statement_pages.h"

#include <google/protobuf/descriptor.h>

namespace tanhui::cli {
namespace {

// All of its fields are numbers that sum.
void AddSums(const v1::CouponSums& more, v1::CouponSums* sums) {
  const auto& fields = *v1::CouponSums::descriptor();
  const auto& reflection = *sums->GetReflection();
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto* field = fields.field(i);
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT64) {
      reflection.SetInt64(sums, field,
                          reflection.GetInt64(*sums, field) + reflection.GetInt64(more, field));
    } else {
      reflection.SetUInt64(sums, field,
                           reflection.GetUInt64(*sums, field) + reflection.GetUInt64(more, field));
    }
  }
}

v1::CouponSums* SumsOf(const std::string& campaign, v1::GetMerchantStatementResponse* whole) {
  for (v1::MerchantCampaignSums& row : *whole->mutable_campaigns()) {
    if (row.campaign() == campaign) {
      return row.mutable_sums();
    }
  }
  v1::MerchantCampaignSums* row = whole->add_campaigns();
  row->set_campaign(campaign);
  return row->mutable_sums();
}

}  // namespace

void AddPageOfCampaign(const v1::GetCampaignStatementResponse& page,
                       v1::GetCampaignStatementResponse* whole) {
  v1::CouponSums sums = whole->sums();
  AddSums(page.sums(), &sums);
  *whole = page;
  *whole->mutable_sums() = sums;
}

void AddPageOfMerchant(const v1::GetMerchantStatementResponse& page,
                       v1::GetMerchantStatementResponse* whole) {
  for (const v1::MerchantCampaignSums& row : page.campaigns()) {
    AddSums(row.sums(), SumsOf(row.campaign(), whole));
  }
  whole->set_next_page_token(page.next_page_token());
  whole->set_as_of_index(page.as_of_index());
}

}  // namespace tanhui::cli
