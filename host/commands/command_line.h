// Which command is meant and what it is told, as somebody types it, and what --help says. Poco's option classes do the
// reading.
// Functions without state; any thread.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "commands/command.h"
#include "core/status.h"

namespace gatehouse::commands {

// By its name. invalid_request: there is none, and which one was probably meant.
core::Result<const Command*> find_command(std::span<const Command> commands, const std::string& name);

void show_commands(std::span<const Command> commands, std::ostream& out);

// `words`: what follows the command's name. With --help nothing else is looked at. invalid_request: what is wrong with
// them, with the option that was probably meant.
core::Result<Arguments> read_arguments(const Command& command, std::span<const std::string> words);

void show_help(const Command& command, std::ostream& out);

}  // namespace gatehouse::commands
