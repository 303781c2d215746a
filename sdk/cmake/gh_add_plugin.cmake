# gh_add_plugin(NAME SOURCES file... [LIBRARIES target...])
#
# Builds plugins/NAME.so below the project's build folder, as the target plugin_NAME. The flags are
# part of the plugin contract: with a compiler's defaults, two loaded versions of one plugin share
# the statics of their inline functions, and neither can be unloaded.

# How every file of a plugin is compiled; for objects that several plugins share.
function(gh_plugin_flags target)
  set_target_properties(${target} PROPERTIES
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  include(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/gh_hardening.cmake)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique> ${GH_HARDENING_COMPILE})
endfunction()

function(gh_add_plugin name)
  set(export_map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/export.map)
  cmake_parse_arguments(PLUGIN "" "" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT PLUGIN_SOURCES OR PLUGIN_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gh_add_plugin(${name}): expected gh_add_plugin(NAME SOURCES file... [LIBRARIES target...])")
  endif()

  add_library(plugin_${name} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(plugin_${name} PRIVATE Gatehouse::sdk ${PLUGIN_LIBRARIES})
  set_target_properties(plugin_${name} PROPERTIES
    OUTPUT_NAME ${name}
    PREFIX ""
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins
    LINK_DEPENDS ${export_map})
  gh_plugin_flags(plugin_${name})
  include(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/gh_hardening.cmake)
  target_link_options(plugin_${name} PRIVATE -Wl,--version-script=${export_map} -Wl,--as-needed ${GH_HARDENING_LINK})

  # A sanitizer's runtime is in the gateway, so a plugin built for one has undefined symbols.
  get_directory_property(options COMPILE_OPTIONS)
  if(NOT "${options} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS}" MATCHES "-fsanitize=")
    target_link_options(plugin_${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
