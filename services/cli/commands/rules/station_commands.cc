// `tanhui station` and `material`: tables from CSV, ways between stations, and a made-up map.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/rules/station_map.h"
#include "services/cli/commands.h"
#include "services/cli/commands/rules/built_file.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/documents/material_builder.h"
#include "services/cli/documents/station_builder.h"
#include "services/cli/import/as_acts/station_assignment.h"

namespace tanhui::cli {
namespace {

void AddStationBuild(CLI::App* station, Session& session) {
  CLI::App* command = station->add_subcommand(
      "build", "Make a table of stations from the stations of metro lines in order");
  command->footer(
      "Columns: city, line, sequence, station, latitude, longitude.\nExample:\n"
      "  tanhui station build metro_stations.csv --out stations.yaml --reject-file odd.csv");
  const auto options = AddBuildOptions(command, "stations");
  command->callback([&session, options] {
    const absl::StatusOr<std::string> csv = ReadWholeFile(options->csv);
    if (!csv.ok()) {
      session.exit_code = ReportFault(csv.status(), kUsage);
      return;
    }
    const auto built = BuildStationTable(*csv, options->head);
    FinishBuild(&session, *options, built, built.ok() ? built->document.stations_size() : 0,
                "stations");
  });
}

struct DistanceOptions {
  std::string file;
  std::string city;
  std::string from;
  std::string to;
};

absl::StatusOr<std::uint64_t> MetresOf(const DistanceOptions& options) {
  const auto file = LoadDocument(entry::v1::DOCUMENT_KIND_STATION_TABLE, options.file);
  if (!file.ok()) {
    return file.status();
  }
  if (absl::Status right = CheckDocument(*file, rules::Rulebook()); !right.ok()) {
    return right;
  }
  const rules::StationMap stations(static_cast<const entry::v1::StationTable&>(*file->message));
  const std::optional<std::uint32_t> from = stations.Find(options.city, options.from);
  const std::optional<std::uint32_t> to = stations.Find(options.city, options.to);
  if (!from || !to) {
    return absl::NotFoundError(absl::StrCat(
        options.city, " has no station ", from ? options.to : options.from, " in ", options.file));
  }
  const std::optional<std::uint64_t> metres = stations.Metres(*from, *to);
  if (!metres) {
    return absl::NotFoundError(
        absl::StrCat("no tracks lead from ", options.from, " to ", options.to));
  }
  return *metres;
}

void AddStationDistance(CLI::App* station, Session& session) {
  CLI::App* command = station->add_subcommand(
      "distance", "Metres of the shortest way between two stations of a city; needs no server");
  command->footer("Example:\n  tanhui station distance stations.yaml chongqing 朝天门 较场口");
  const auto options = std::make_shared<DistanceOptions>();
  command->add_option("FILE", options->file, "Table of stations")->required();
  command->add_option("CITY", options->city, "Such as chongqing")->required();
  command->add_option("FROM", options->from, "Name of a station")->required();
  command->add_option("TO", options->to, "Name of another")->required();
  command->callback([&session, options] {
    const absl::StatusOr<std::uint64_t> metres = MetresOf(*options);
    if (!metres.ok()) {
      session.exit_code = ReportFault(metres.status(), kRefused);
      return;
    }
    PrintOut(session.json ? absl::StrCat("{\"metres\":", *metres, "}\n")
                          : absl::StrCat(Grouped(static_cast<std::int64_t>(*metres)), " metres\n"));
  });
}

struct MapOptions {
  std::string taps;
  std::string stations;
  std::string city;
  std::string out;
  std::uint64_t seed = 7;
};

absl::StatusOr<std::size_t> WriteMap(const MapOptions& options) {
  const auto file = LoadDocument(entry::v1::DOCUMENT_KIND_STATION_TABLE, options.stations);
  const auto taps = MappedFile::Open(options.taps);
  if (!file.ok() || !taps.ok()) {
    return file.ok() ? taps.status() : file.status();
  }
  const auto& table = static_cast<const entry::v1::StationTable&>(*file->message);
  const absl::StatusOr<StationAssignment> assignment =
      AssignStations(taps->text(), table, options.city, options.seed);
  if (!assignment.ok()) {
    return assignment.status();
  }
  if (absl::Status written = ReplaceFile(options.out, StationAssignmentCsv(*assignment));
      !written.ok()) {
    return written;
  }
  return assignment->size();
}

void AddStationMap(CLI::App* station, Session& session) {
  CLI::App* command = station->add_subcommand(
      "map", "Give each station of raw taps a made-up station of a city, for trials");
  command->footer(
      "The same seed and names give the same map everywhere.\nExample:\n"
      "  tanhui station map --taps taps.csv --stations stations.yaml --city chongqing --seed 7 "
      "--out map.csv");
  const auto options = std::make_shared<MapOptions>();
  command->add_option("--taps", options->taps, "Raw Shenzhen Tong taps")->required();
  command->add_option("--stations", options->stations, "Table of stations")->required();
  command->add_option("--city", options->city, "City of the table")->required();
  command->add_option("--seed", options->seed, "Another seed, another map")->capture_default_str();
  command->add_option("--out", options->out, "CSV with columns tap_station, station")->required();
  command->callback([&session, options] {
    const absl::StatusOr<std::size_t> stations = WriteMap(*options);
    if (!stations.ok()) {
      session.exit_code = ReportFault(stations.status(), kRefused);
      return;
    }
    PrintOut(session.json ? absl::StrCat("{\"stations\":", *stations, "}\n")
                          : absl::StrCat(*stations, " stations of taps: ", options->out, "\n"));
  });
}

void BuildMaterials(Session* session, const BuildOptions& options, const std::string& keywords) {
  const absl::StatusOr<std::string> csv = ReadWholeFile(options.csv);
  const absl::StatusOr<std::string> yaml = ReadWholeFile(keywords);
  if (!csv.ok() || !yaml.ok()) {
    session->exit_code = ReportFault(csv.ok() ? yaml.status() : csv.status(), kUsage);
    return;
  }
  const absl::StatusOr<MaterialWords> words = ReadMaterialWords(keywords, *yaml);
  if (!words.ok()) {
    session->exit_code = ReportFault(words.status(), kUsage);
    return;
  }
  const auto built = BuildMaterialTable(*csv, *words, options.head);
  FinishBuild(session, options, built, built.ok() ? built->document.items_size() : 0, "items");
}

void AddMaterialBuild(CLI::App* material, Session& session) {
  CLI::App* command =
      material->add_subcommand("build", "Make a table of materials from a list of household waste");
  command->footer(
      "The file has no header; a line is an item and the number of its class.\nExample:\n"
      "  tanhui material build waste.csv --keywords deploy/rules/materials.yaml --out "
      "materials.pb");
  const auto options = AddBuildOptions(command, "materials");
  const auto keywords = std::make_shared<std::string>();
  command->add_option("--keywords", *keywords, "YAML: words of each material")->required();
  command->callback(
      [&session, options, keywords] { BuildMaterials(&session, *options, *keywords); });
}

}  // namespace

void AddStationCommands(CLI::App& app, Session& session) {
  CLI::App* station = app.add_subcommand("station", "Tables of stations and ways between them");
  station->require_subcommand(1);
  AddStationBuild(station, session);
  AddStationDistance(station, session);
  AddStationMap(station, session);
  CLI::App* material = app.add_subcommand("material", "Tables of things and their materials");
  material->require_subcommand(1);
  AddMaterialBuild(material, session);
}

}  // namespace tanhui::cli
