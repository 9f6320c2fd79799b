# The page as a C table: cmake -DPAGE=reader.html -DOUT=page_table.c -P tools/cmake/page.cmake; no PAGE: a build without.
set(bytes "0")
set(len 0)
set(hash)
if(PAGE)
  execute_process(COMMAND b2sum -l 256 --binary ${PAGE} OUTPUT_VARIABLE hash COMMAND_ERROR_IS_FATAL ANY)
  string(SUBSTRING "${hash}" 0 64 hash)
  file(SIZE ${PAGE} len)
  file(READ ${PAGE} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
endif()
file(WRITE ${OUT}.new "/* Made by tools/cmake/page.cmake: not to be edited. */
#include \"web/page_table.h\"

const unsigned char page_table[] = {
${bytes}
};
const size_t page_table_len = ${len};
const char page_table_hash[] = \"${hash}\";
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
