#include "services/cli/commands/coupons/campaign_file.h"

#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/rules/document_file.h"
#include "services/cli/documents/document_text.h"
#include "services/cli/session.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kTerms = "terms.";

void NameIn(std::string_view collection, std::string* code) {
  if (!code->empty()) {
    *code = Named(collection, *code);
  }
}

void AddCollections(v1::CampaignTerms* terms) {
  NameIn("participants", terms->mutable_organiser());
  NameIn("assets", terms->mutable_money());
  NameIn("assets", terms->mutable_points_asset());
  for (std::string& merchant : *terms->mutable_merchants()) {
    NameIn("participants", &merchant);
  }
  for (v1::CampaignFunder& funder : *terms->mutable_funders()) {
    NameIn("budgets", funder.mutable_budget());
  }
}

}  // namespace

absl::StatusOr<CampaignFile> ReadCampaignFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadWholeFile(path);
  if (!text.ok()) {
    return text.status();
  }
  CampaignFile file{path, *std::move(text), {}};
  if (absl::Status read = ReadDocumentText(path, file.text, &file.request); !read.ok()) {
    return read;
  }
  AddCollections(file.request.mutable_terms());
  return file;
}

std::string PlaceInFile(const CampaignFile& file, std::string_view field) {
  if (field.empty() || field == "request_id" || field == "not_after") {
    return {};
  }
  const bool is_whole = field == "campaign_id" || field.starts_with(kTerms);
  const std::string path =
      is_whole ? std::string(field) : absl::StrCat(std::string(kTerms), std::string(field));
  const std::size_t line = LinesOfPaths(file.text, {path}).front();
  return line == 0 ? "" : absl::StrCat(file.path, ":", line, ": ", path);
}

}  // namespace tanhui::cli
