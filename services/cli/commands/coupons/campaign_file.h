// A campaign as one writes it: YAML that names the fields of tanhui.v1.CreateCampaignRequest, such
// as deploy/coupons/autumn.yaml.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_CAMPAIGN_FILE_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_CAMPAIGN_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tanhui/v1/campaigns.pb.h"

namespace tanhui::cli {

struct CampaignFile {
  std::string path;
  std::string text;
  v1::CreateCampaignRequest request;
};

// Participants, assets and budgets may stand there by their codes alone. Errors as those of
// ReadYamlMessage; whether it makes sense is for the ledger to say.
absl::StatusOr<CampaignFile> ReadCampaignFile(const std::string& path);

// `FILE:LINE: FIELD` of a field that a refusal names; empty when the file has no such field.
std::string PlaceInFile(const CampaignFile& file, std::string_view field);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_CAMPAIGN_FILE_H_
