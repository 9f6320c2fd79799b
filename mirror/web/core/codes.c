/* QR codes, drawn and read, and the hash of the page's own bytes. */
#include "core.h"

#include "scan.h"
#include "trust/fingerprint.h"

/* The answer: one byte a module, row by row; the result is the count of a row. */
CORE_EXPORT(core_qr) int core_qr(const char *text)
{
    int side;
    int rc = qr_modules(core_begin(), &side, core_ctx, text);
    return rc < 0 ? rc : core_end(0) < 0 ? MIMEO_ENOMEM : side;
}

/* In an instance of its own (scan.h).  The answer is the text, "" where none was found. */
CORE_EXPORT(core_scan) int core_scan(const uint8_t *grey, size_t len, int width, int height)
{
    static char text[SCAN_TEXT_MAX];
    size_t text_len = 0;
    if (width < 0 || height < 0 || (uint64_t)width * (uint64_t)height != len)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "the picture is not as large as it says");
    enum scan_result found = scan_picture(text, &text_len, grey, width, height);
    if (found == SCAN_NO_MEMORY)
        return ctx_error_nomem(core_ctx);
    if (found == SCAN_REFUSED)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "a picture to be scanned has %d to %d pixels each way", SCAN_SIDE_MIN,
                         SCAN_SIDE_MAX);
    buf_append(core_begin(), text, found == SCAN_FOUND ? text_len : 0);
    return core_end(0);
}

CORE_EXPORT(core_hash) int core_hash(const uint8_t *bytes, size_t len)
{
    char hex[HASH_HEX_LEN + 1];
    struct hash h = hash_of(view_of(bytes, len));
    hash_format(hex, &h);
    buf_append_str(core_begin(), hex);
    return core_end(0);
}
