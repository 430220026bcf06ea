// `tanhui product`: catalogues of green products, and what products earned.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/built_file.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "services/cli/documents/catalogue_builder.h"
#include "tanhui/v1/catalogue.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CatalogueStub = v1::CatalogueService::Stub;

struct ListLayout {
  std::string layout = "native";
  std::string publisher;
};

void Build(Session* session, const BuildOptions& options, const ListLayout& list) {
  const absl::StatusOr<std::string> csv = ReadWholeFile(options.csv);
  if (!csv.ok()) {
    session->exit_code = ReportFault(csv.status(), kUsage);
    return;
  }
  const auto built =
      BuildCatalogue(*csv, CatalogueLayoutNamed(list.layout).value_or(CatalogueLayout::kNative),
                     options.head, list.publisher);
  FinishBuild(session, options, built, built.ok() ? built->document.products_size() : 0,
              "products");
}

void AddBuild(CLI::App* product, Session& session) {
  CLI::App* command =
      product->add_subcommand("build", "Make a catalogue from a list; odd lines are left out");
  command->footer(
      "Layout native has columns code, category, brand, display_name, and optionally energy_grade, "
      "yearly_saving_kwh,\ncertificate, valid_from, valid_to.\nExample:\n"
      "  tanhui product build list.csv --layout native --code efficient-products --version 1 "
      "--first-date 2027-01-01 --out products.pb --reject-file odd.csv");
  const auto options = AddBuildOptions(command, "efficient-products");
  const auto list = std::make_shared<ListLayout>();
  command->add_option("--layout", list->layout, "native or energy_star")
      ->check(CLI::IsMember({"native", "energy_star"}))
      ->capture_default_str();
  command->add_option("--publisher", list->publisher, "Who made the list");
  command->callback([&session, options, list] { Build(&session, *options, *list); });
}

template <typename Request>
void AddProduct(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::string>(
          "PRODUCT", [request](const std::string& name) { request->set_product(name); },
          "{catalogue}/{code}")
      ->required();
}

void AddShow(CLI::App* product, Session& session) {
  CLI::App* command = product->add_subcommand("show", "Show a product as it is listed at a date");
  command->footer("Example:\n  tanhui product show \"efficient-products/ACME X-1\"");
  const auto request = std::make_shared<v1::GetProductRequest>();
  AddProduct(command, request);
  command->add_option_function<std::string>(
      "--date", [request](const std::string& date) { request->set_date(date); },
      "YYYY-MM-DD; default: today");
  command->callback([&session, request] { Ask(&session, &CatalogueStub::GetProduct, *request); });
}

void AddDelist(CLI::App* product, Session& session) {
  CLI::App* command = product->add_subcommand("delist", "Let a product earn nothing from now on");
  command->footer(
      "What it earned: tanhui product earnings, and product reverse. Example:\n"
      "  tanhui product delist efficient-products/X-1 --falsely-labelled --reason inspection");
  const auto request = std::make_shared<v1::DelistProductRequest>();
  request->set_kind(v1::DELISTING_KIND_DELISTED);
  AddProduct(command, request);
  command->add_flag_callback(
      "--falsely-labelled", [request] { request->set_kind(v1::DELISTING_KIND_FALSELY_LABELLED); },
      "Its label was false (虚标)");
  AddReason(command, request, "inspection");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CatalogueStub::DelistProduct, request.get()); });
}

void AddRelist(CLI::App* product, Session& session) {
  CLI::App* command = product->add_subcommand("relist", "Let a delisted product earn again");
  command->footer("Example:\n  tanhui product relist efficient-products/X-1 --reason checked");
  const auto request = std::make_shared<v1::RelistProductRequest>();
  AddProduct(command, request);
  AddReason(command, request, "checked");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CatalogueStub::RelistProduct, request.get()); });
}

std::string EarningsText(const v1::ListProductEarningsResponse& page) {
  Table table({">entry", "date", "account", ">points", ">quantity", ">left"});
  for (const v1::ProductEarning& earning : page.earnings()) {
    table.Add({std::to_string(earning.entry_index()), earning.business_date(), earning.account(),
               Grouped(earning.points()), std::to_string(earning.quantity()),
               std::to_string(earning.quantity_left())});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

void AddEarnings(CLI::App* product, Session& session) {
  CLI::App* command =
      product->add_subcommand("earnings", "List the acts that earned by a product, oldest first");
  command->footer("Example:\n  tanhui product earnings efficient-products/X-1");
  const auto request = std::make_shared<v1::ListProductEarningsRequest>();
  AddProduct(command, request);
  AddPage(command, request);
  command->callback([&session, request] {
    Ask(&session, &CatalogueStub::ListProductEarnings, *request, EarningsText);
  });
}

}  // namespace

void AddProductCommands(CLI::App& app, Session& session) {
  CLI::App* product = app.add_subcommand("product", "Green products and what they earned");
  product->require_subcommand(1);
  AddBuild(product, session);
  AddPublish(product, std::make_shared<entry::v1::DocumentKind>(entry::v1::DOCUMENT_KIND_CATALOGUE),
             /*kind_is_fixed=*/true, session);
  AddShow(product, session);
  AddDelist(product, session);
  AddRelist(product, session);
  AddEarnings(product, session);
  AddProductReverse(product, session);
}

}  // namespace tanhui::cli
