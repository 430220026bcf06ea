// Options of commands that make something new.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_CODE_AND_NAME_H_
#define TANHUI_SERVICES_CLI_COMMANDS_CODE_AND_NAME_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace tanhui::cli {

// The code and the display name that every new thing has.
template <typename Request>
void AddCodeAndName(CLI::App* command, const std::shared_ptr<Request>& request,
                    void (*set_code)(Request&, const std::string&)) {
  command
      ->add_option_function<std::string>(
          "CODE", [request, set_code](const std::string& code) { set_code(*request, code); },
          "Its code: 1 to 40 of a-z, 0-9, - and _")
      ->required();
  command
      ->add_option_function<std::string>(
          "--name", [request](const std::string& name) { request->set_display_name(name); },
          "Its name for people")
      ->required();
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_CODE_AND_NAME_H_
