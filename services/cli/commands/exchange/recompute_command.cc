// `tanhui settle recompute`: the statement of a window between two cities from both logs, by
// whoever has them; no server is asked.
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/windows/log_reading.h"
#include "interop/settlement/statement.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"
#include "ledger/store/data_directory.h"
#include "ledger/store/durable_file.h"
#include "ledger/store/store.h"
#include "services/cli/commands/exchange/window_commands.h"
#include "services/cli/proven_file.h"
#include "services/cli/screen/progress.h"

namespace tanhui::cli {
namespace {

struct RecomputeCommand {
  std::vector<std::string> logs;
  std::vector<std::string> keys;
  std::uint64_t window = 0;
};

struct ReadLog {
  interop::LogReading reading;
  std::string statement;  // that stands in it; empty: none
};

// Which of the two keys is the log's, by the name in its checkpoint.
const signing::NamedVerifier* KeyOf(const std::string& note,
                                    const std::vector<signing::NamedVerifier>& keys) {
  for (const signing::NamedVerifier& key : keys) {
    if (note.starts_with(absl::StrCat(key.name(), "\n"))) {
      return &key;
    }
  }
  return nullptr;
}

absl::Status ReadEntries(const store::Store& store, const std::string& path,
                         const signing::Checkpoint& checkpoint, interop::LogReading* reading) {
  Progress progress = Progress::OnStderr(absl::StrCat("read ", path), checkpoint.size);
  const absl::Status read = store.ScanEntries(
      EntryIndex(0), checkpoint.size, [&](EntryIndex index, std::string_view leaf) {
        progress.Update(index.value() + 1);
        return reading->Add(leaf) ? absl::OkStatus()
                                  : absl::DataLossError(absl::StrCat(
                                        path, ": entry ", index.value(), " cannot be decoded"));
      });
  progress.Finish();
  if (!read.ok()) {
    return read;
  }
  return reading->Root() == checkpoint.root
             ? absl::OkStatus()
             : absl::DataLossError(
                   absl::StrCat(path, ": its entries are not those that the checkpoint over ",
                                checkpoint.size, " was signed for"));
}

// Up to its last checkpoint, which is signed by one of the keys.
absl::StatusOr<ReadLog> ReadOne(const std::string& path,
                                const std::vector<signing::NamedVerifier>& keys,
                                std::uint64_t window) {
  const auto directory = store::DataDirectory::Open(path, store::DataDirectory::Missing::kRefuse);
  if (!directory.ok()) {
    return directory.status();
  }
  const auto note = store::ReadFile((*directory)->checkpoint_path());
  if (!note.ok()) {
    return note.status();
  }
  const signing::NamedVerifier* key = KeyOf(*note, keys);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": neither key is of this log; give the keys of both with --key"));
  }
  const auto checkpoint = signing::OpenCheckpoint(*note, std::span(key, 1));
  if (!checkpoint.ok()) {
    return absl::UnauthenticatedError(
        absl::StrCat(path, ": its checkpoint is not signed by the key of ", key->name()));
  }
  store::StoreOptions options;
  options.path = (*directory)->database_path();
  options.read_only = true;
  const auto store = store::Store::Open(options);
  if (!store.ok()) {
    return store.status();
  }
  const std::string other = keys[key == &keys[0] ? 1 : 0].name();
  ReadLog log{interop::LogReading(other, window), ""};
  const absl::Status read = ReadEntries(**store, path, *checkpoint, &log.reading);
  if (!read.ok()) {
    return read;
  }
  if (log.reading.windows() == nullptr) {
    return absl::NotFoundError(absl::StrCat(path, ": ", other, " is no peer of this city"));
  }
  if (const interop::WindowBook* book = log.reading.windows()->Find(window)) {
    log.statement = book->statement;
  }
  return log;
}

absl::StatusOr<std::vector<signing::NamedVerifier>> ReadKeys(const RecomputeCommand& command) {
  std::vector<signing::NamedVerifier> keys;
  for (const std::string& text : command.keys) {
    auto key = ReadVerifierKey(text);
    if (!key.ok()) {
      return key.status();
    }
    keys.push_back(*std::move(key));
  }
  return keys[0].name() == keys[1].name()
             ? absl::StatusOr<std::vector<signing::NamedVerifier>>(absl::InvalidArgumentError(
                   "both keys are of one city; give the key of each city"))
             : keys;
}

// The statement that follows from both logs, whichever side computes it. Otherwise why not.
absl::StatusOr<std::string> Recompute(const RecomputeCommand& command) {
  const auto keys = ReadKeys(command);
  if (!keys.ok()) {
    return keys.status();
  }
  std::vector<ReadLog> logs;
  for (const std::string& path : command.logs) {
    auto log = ReadOne(path, *keys, command.window);
    if (!log.ok()) {
      return log.status();
    }
    logs.push_back(*std::move(log));
  }
  if (logs[0].reading.origin() == logs[1].reading.origin()) {
    return absl::InvalidArgumentError("both logs are of one city; give the log of each city");
  }
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto statement =
        interop::StatementBy(logs[i].reading, logs[1 - i].reading, command.window);
    if (!statement.has_value()) {
      return absl::FailedPreconditionError(
          absl::StrCat("window ", command.window, " is not complete in both logs"));
    }
    texts[i] = settlement::TextOf(*statement);
    if (!logs[i].statement.empty() && logs[i].statement != texts[i]) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the statement that stands in ", command.logs[i], " does not follow from its entries:\n",
          logs[i].statement, "it should be:\n", texts[i]));
    }
  }
  return texts[0] == texts[1] ? absl::StatusOr<std::string>(texts[0])
                              : absl::FailedPreconditionError(absl::StrCat(
                                    "the logs do not agree. By ", command.logs[0], ":\n", texts[0],
                                    "by ", command.logs[1], ":\n", texts[1]));
}

std::string JsonOf(const std::string& text) {
  const auto statement = settlement::ParseStatement(text);
  nlohmann::ordered_json out = {{"ok", true}, {"statement", text}};
  if (const auto payment = settlement::PaymentOf(*statement)) {
    out["payer"] = payment->payer;
    out["payee"] = payment->payee;
    out["fen"] = payment->fen;
  }
  return out.dump() + "\n";
}

}  // namespace

void AddRecompute(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand(
      "recompute", "Compute the statement of a window between two cities from both logs, offline");
  command->footer(
      "Prints the very text that both cities sign. Exit status: 0 when both logs give the same "
      "text and nothing else stands in them, 1 otherwise.\nExample:\n"
      "  tanhui settle recompute --log cq/data --log cd/data --key cq.pub --key cd.pub --window 7");
  const auto options = std::make_shared<RecomputeCommand>();
  command
      ->add_option("--log", options->logs,
                   "Data directory of a stopped server, or a snapshot; once for each city")
      ->required()
      ->expected(1)
      ->take_all();
  command
      ->add_option("--key", options->keys,
                   "Verifier key of a city's log, or a file that holds it; once for each city")
      ->required()
      ->expected(1)
      ->take_all();
  command->add_option("--window", options->window, "Number of the window")
      ->required()
      ->check(CLI::PositiveNumber);
  command->callback([&session, options] {
    if (options->logs.size() != 2 || options->keys.size() != 2) {
      session.exit_code = ReportFault(
          absl::InvalidArgumentError("give two logs with --log and two keys with --key"), kUsage);
      return;
    }
    const auto text = Recompute(*options);
    if (!text.ok()) {
      session.exit_code = ReportFault(text.status(), kRefused);
      return;
    }
    PrintOut(session.json ? JsonOf(*text) : *text);
  });
}

}  // namespace tanhui::cli
