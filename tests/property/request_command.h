// A request of the model as the command that a service would make of it.
#ifndef TANHUI_TESTS_PROPERTY_REQUEST_COMMAND_H_
#define TANHUI_TESTS_PROPERTY_REQUEST_COMMAND_H_

#include "tests/ledger/core/world.h"
#include "tests/property/model_request.h"

namespace tanhui::model {

Command ToCommand(const Request& request);
Terms ToTerms(const Rules& rules);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_REQUEST_COMMAND_H_
