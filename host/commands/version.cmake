# Writes what `gatehouse --version` says, at every build: a commit is newer than the configuration of the build folder.
# Neither git nor its history is needed. -D VERSION, SOURCE, COMMIT (empty: ask git), OUT.
if(NOT COMMIT)
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND ${GIT} describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE COMMIT ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
endif()
if(COMMIT)
  string(APPEND VERSION " (${COMMIT})")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#include "commands/version.h"

std::string_view gatehouse::commands::version() { return "@VERSION@"; }
]] @ONLY)
