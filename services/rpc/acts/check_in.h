// The code that a certified venue shows on one day, and citizens scan there (签到).
#ifndef TANHUI_SERVICES_RPC_ACTS_CHECK_IN_H_
#define TANHUI_SERVICES_RPC_ACTS_CHECK_IN_H_

#include <string>
#include <string_view>

#include "ledger/core/business_time.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::rpc {

// tanhui:checkin:{venue}:{YYYY-MM-DD}:{32 hexadecimal digits}; `venue` is the venue's code.
std::string CheckInCode(const Secrets& secrets, std::string_view venue, BusinessDate date);

// What is wrong with `code` as that of the venue (venues/{venue}) and date; empty when nothing is.
std::string_view CheckInProblem(const Secrets& secrets, const std::string& code,
                                std::string_view venue, BusinessDate date);

// Marks the draft's earning as checked in when the act has the code of its venue and of `date`, its
// own. No code: nothing happens, and whether one is needed is for the rules to say. Any other is
// refused as act.check_in_code.
void ReadCheckIn(const Context& context, const v1::Act& act, BusinessDate date, Draft& draft);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_CHECK_IN_H_
