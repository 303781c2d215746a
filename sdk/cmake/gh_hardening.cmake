# What a program that reads strangers' bytes is compiled and linked with, as Debian does with `hardening=+all`:
#   GH_HARDENING_COMPILE   stack protector and clash protection, checked library calls, control-flow marks,
#                          and libstdc++'s cheap assertions (an index out of range ends the process)
#   GH_HARDENING_LINK      relocations read-only before main() runs, no executable stack
# gh_add_plugin() gives them to each plugin. _FORTIFY_SOURCE needs an optimiser; a sanitizer checks more than it.
# Not 3: it looks sizes up while the program runs, on the way of every request.
set(GH_HARDENING_COMPILE
  -fstack-protector-strong
  -fstack-clash-protection
  -D_GLIBCXX_ASSERTIONS
  "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND GH_HARDENING_COMPILE -fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(APPEND GH_HARDENING_COMPILE -mbranch-protection=standard)
endif()
set(GH_HARDENING_LINK -Wl,-z,relro,-z,now,-z,noexecstack)
