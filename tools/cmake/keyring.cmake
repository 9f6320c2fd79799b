# The built-in keyring: a C table of the first charters below a directory.
#
#     cmake -DKEYS=keys -DOUT=keyring_table.c -P tools/cmake/keyring.cmake
#
# Each KEYS/LABEL/000001 becomes an entry.  Entries stand in the order of their bytes, not of their labels, so that
# renaming a directory changes nothing in the program.
file(GLOB files ${KEYS}/*/000001)
set(notes)
foreach(file ${files})
  file(READ ${file} hex HEX)
  list(APPEND notes ${hex})
endforeach()
list(SORT notes)
list(REMOVE_DUPLICATES notes)
set(arrays)
set(entries)
set(n 0)
foreach(hex ${notes})
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes ${hex})
  string(APPEND arrays "static const uint8_t charter_${n}[] = {${bytes}};\n")
  string(APPEND entries "    {charter_${n}, sizeof(charter_${n})},\n")
  math(EXPR n "${n} + 1")
endforeach()
set(text "/* Made by tools/cmake/keyring.cmake from the charters below keys/: not to be edited. */
#include \"library/keyring.h\"

${arrays}
const struct keyring_entry keyring_table[] = {
${entries}    {NULL, 0},
};
")
file(WRITE ${OUT}.new "${text}")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
