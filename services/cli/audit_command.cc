#include "services/cli/audit_command.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/books/all_books.h"
#include "ledger/core/ledger.h"
#include "ledger/sequencer/audit.h"
#include "ledger/signing/key.h"
#include "ledger/store/data_directory.h"
#include "ledger/store/durable_file.h"
#include "ledger/store/store.h"
#include "services/cli/proven_file.h"
#include "services/cli/screen/progress.h"

namespace tanhui::cli {
namespace {

struct AuditCommand {
  std::string data;
  std::string key;
  bool quick = false;
};

std::string Hex(const Hash256& hash) {
  return absl::BytesToHexString({hash.view().data(), hash.view().size()});
}

absl::StatusOr<sequencer::AuditReport> RunAudit(const AuditCommand& command) {
  sequencer::AuditOptions options;
  if (!command.key.empty()) {
    auto key = ReadVerifierKey(command.key);
    if (!key.ok()) {
      return key.status();
    }
    options.verifier = *std::move(key);
  }
  // Held for the whole audit, so that no server starts on the directory meanwhile.
  const auto directory =
      store::DataDirectory::Open(command.data, store::DataDirectory::Missing::kRefuse);
  if (!directory.ok()) {
    return directory.status();
  }
  auto note = store::ReadFile((*directory)->checkpoint_path());
  if (note.ok()) {
    options.checkpoint_note = *std::move(note);
  } else if (!absl::IsNotFound(note.status())) {
    return note.status();
  }
  store::StoreOptions store_options;
  store_options.path = (*directory)->database_path();
  store_options.read_only = true;
  const auto store = store::Store::Open(store_options);
  if (!store.ok()) {
    return store.status();
  }
  options.redecide = !command.quick;
  std::unique_ptr<Progress> progress;
  options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    if (progress == nullptr) {
      progress = std::make_unique<Progress>(Progress::OnStderr("audit", total));
    }
    progress->Update(done);
  };
  auto report = sequencer::Audit(Ledger(AllBooks()), **store, options);
  if (progress != nullptr) {
    progress->Finish();
  }
  return report;
}

std::string JsonReport(const sequencer::AuditReport& report) {
  nlohmann::ordered_json out = {
      {"entries", report.entries},       {"root", Hex(report.root)},
      {"accounts", report.accounts},     {"requests", report.requests},
      {"ok", report.difference.empty()}, {"difference", report.difference}};
  if (report.checkpoint_size.has_value()) {
    out["checkpoint_size"] = *report.checkpoint_size;
  }
  return out.dump() + "\n";
}

std::string TextReport(const sequencer::AuditReport& report) {
  if (!report.difference.empty()) {
    return absl::StrCat("entries ", report.entries, " root ", Hex(report.root),
                        " DIFFERENCE: ", report.difference, "\n");
  }
  return absl::StrCat("entries ", report.entries, " root ", Hex(report.root), " balances ok\n");
}

}  // namespace

void AddAuditCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("audit", "Recompute everything from the log, offline");
  const auto options = std::make_shared<AuditCommand>();
  command->add_option("--data", options->data, "Data directory of a stopped server, or a snapshot")
      ->required();
  command->add_option(
      "--key", options->key,
      "Verifier key, or a file that holds it: checks the checkpoint's signature too");
  command->add_flag("--quick", options->quick,
                    "Do not ask every rule of every entry again; takes two thirds of the time");
  command->footer(
      "Exit status: 0 when everything agrees, 1 with the first difference. Example:\n"
      "  tanhui audit --data var/quickstart/data");
  command->callback([&session, options] {
    const auto report = RunAudit(*options);
    if (!report.ok()) {
      session.exit_code = ReportFault(report.status(), kRefused);
      return;
    }
    PrintOut(session.json ? JsonReport(*report) : TextReport(*report));
    session.exit_code = report->difference.empty() ? kDone : kRefused;
  });
}

}  // namespace tanhui::cli
