// Cases of suspected abuse as text for people.
#ifndef TANHUI_SERVICES_CLI_SCREEN_CASE_TEXT_H_
#define TANHUI_SERVICES_CLI_SCREEN_CASE_TEXT_H_

#include <string>

#include "tanhui/v1/cases.pb.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::cli {

// A table of cases.
std::string CasesText(const v1::ListCasesResponse& page);
// A table of what each reversal of a batch did.
std::string ReversalsText(const v1::BatchReverseRequest& batch,
                          const v1::BatchReverseResponse& response);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_CASE_TEXT_H_
