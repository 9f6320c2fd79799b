# The page and its service worker as C tables:
#   cmake -DPAGE=reader.html -DSERVICE=reader-offline.js -DOUT=page_table.c -P tools/cmake/page.cmake
# No PAGE: a build without.  The service worker is text that no compiler is needed for: it is always there.
function(read_bytes file bytes len)
  file(SIZE ${file} size)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," table "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" table "${table}")
  set(${bytes} "${table}" PARENT_SCOPE)
  set(${len} ${size} PARENT_SCOPE)
endfunction()

set(bytes "0")
set(len 0)
set(hash)
read_bytes(${SERVICE} service service_len)
if(PAGE)
  execute_process(COMMAND b2sum -l 256 --binary ${PAGE} OUTPUT_VARIABLE hash COMMAND_ERROR_IS_FATAL ANY)
  string(SUBSTRING "${hash}" 0 64 hash)
  read_bytes(${PAGE} bytes len)
endif()
file(WRITE ${OUT}.new "/* Made by tools/cmake/page.cmake: not to be edited. */
#include \"web/page_table.h\"

const unsigned char page_table[] = {
${bytes}
};
const size_t page_table_len = ${len};
const char page_table_hash[] = \"${hash}\";
const unsigned char page_service[] = {
${service}
};
const size_t page_service_len = ${service_len};
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
