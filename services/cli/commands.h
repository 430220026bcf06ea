// The commands of `tanhui`, by subject. Each function adds its subcommands to the program; they run
// after the whole command line was parsed and leave the exit status in the session, which must
// outlive the app.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "services/cli/session.h"

namespace tanhui::cli {

// scheme, participant, asset
void AddCatalogueCommands(CLI::App& app, Session& session);
void AddBudgetCommands(CLI::App& app, Session& session);
// account open, open-many, show, entries, and those of AddAccountLife
void AddAccountCommands(CLI::App& app, Session& session);
// freeze, unfreeze, lost, close, merge, consent, withdraw-consent, hand-over
void AddAccountLife(CLI::App* account, Session& session);
void AddBalanceCommand(CLI::App& app, Session& session);
void AddHouseholdCommands(CLI::App& app, Session& session);
// award, award-batch, redeem, transfer, donate
void AddPointsCommands(CLI::App& app, Session& session);
void AddHoldCommands(CLI::App& app, Session& session);     // hold place, capture, release
void AddUndoingCommands(CLI::App& app, Session& session);  // refund, reverse
void AddCorrectCommand(CLI::App& app, Session& session);
void AddRequestCommands(CLI::App& app, Session& session);  // outcome, cancel, request-id-key
void AddReportCommands(CLI::App& app, Session& session);   // report liability
// reconcile, reconcile export, reconcile verify
void AddReconcileCommands(CLI::App& app, Session& session);
void AddPeriodCommands(CLI::App& app, Session& session);   // period close, list, trial-balance
void AddVoucherCommands(CLI::App& app, Session& session);  // voucher export, check
// case list, show, decide, freeze, reverse, export
void AddCaseCommands(CLI::App& app, Session& session);
// checkpoint, receipt, consistency, entry, log
void AddLogCommands(CLI::App& app, Session& session);
void AddOperatorCommands(CLI::App& app, Session& session);  // status, clock, snapshot
void AddKeyCommands(CLI::App& app, Session& session);       // keygen, verify
// rules check, sign, publish, list, show, suspend, reopen, key, replay
void AddRulesCommands(CLI::App& app, Session& session);
void AddReplayCommand(CLI::App* rules, Session& session);  // rules replay
// product build, publish, show, delist, relist, earnings, reverse
void AddProductCommands(CLI::App& app, Session& session);
// station build, distance, map; material build
void AddStationCommands(CLI::App& app, Session& session);
// venue certify, show, list, withdraw, code
void AddVenueCommands(CLI::App& app, Session& session);
void AddActCommand(CLI::App& app, Session& session);
void AddBulkCommands(CLI::App& app, Session& session);   // bulk plan, run, report
void AddEventCommands(CLI::App& app, Session& session);  // events list, watch
void AddMerchantCommands(CLI::App& app, Session& session);  // merchant unit create, change, …
// settle price, prices, open-claim, claims, run, runs, show, lines, approve, pay, return, statement
void AddSettleCommands(CLI::App& app, Session& session);
// campaign create, show, list, pause, resume, end, extend, seed, draw, statement
void AddCampaignCommands(CLI::App& app, Session& session);
// coupon apply, issue, list, show, revoke, code, check-code, lock, unlock, redeem, refund,
// order-refund, review, export, statement
void AddCouponCommands(CLI::App& app, Session& session);
// peer create, change, suspend, resume, prepay, sign-rates, agree-rates, show, list
void AddPeerCommands(CLI::App& app, Session& session);
// exchange send, pay, show, list, withdraw
void AddExchangeCommands(CLI::App& app, Session& session);
// window close, show, list, items, compare, settle
void AddWindowCommands(CLI::App& app, Session& session);
// unclaimed keep, claim, list, delete
void AddUnclaimedCommands(CLI::App& app, Session& session);
void AddLinkCommands(CLI::App& app, Session& session);  // link code, add, remove, rebind, resolve
// load check, open, state, seal, drop, credit, report, list
void AddLoadCommands(CLI::App& app, Session& session);
void AddImportCommand(CLI::App& app, Session& session);
void AddDayCommand(CLI::App& app, Session& session);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_H_
