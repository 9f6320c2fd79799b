# find_package(mimeo): the targets mimeo::mimeo_shared and mimeo::mimeo_static.
include("${CMAKE_CURRENT_LIST_DIR}/mimeoTargets.cmake")
