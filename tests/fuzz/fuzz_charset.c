/* Encodings: the first byte chooses the kind and the header, the rest is the page.  Whatever it is, valid UTF-8
 * without U+0000 comes out. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "extract/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const headers[] = {NULL, "text/html; charset=gb2312", "text/html; charset=\"shift_jis\"",
                                          "text/html; charset=utf-8", "text/xml;charset=utf-16", "charset=iso-2022-jp",
                                          "text/html; charset=windows-1255", "text/html; charset="};
    static mimeo_ctx *ctx;
    struct buf out;
    const char *name = NULL;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (len == 0)
        return 0;
    if (charset_to_utf8(&out, ctx, view_of(data + 1, len - 1), headers[data[0] / 3 % 8], (enum charset_kind)(data[0] % 3),
                        &name) < 0)
        abort();
    if (!utf8_valid(buf_view(&out)) || (out.len > 0 && memchr(out.ptr, 0, out.len) != NULL) || name == NULL)
        abort();
    buf_dispose(&out);
    return 0;
}
