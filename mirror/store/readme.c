/* The README.md of a mirror: the fixed text of FORMAT.md section 10. */
#include <string.h>

#include "store/commit.h"
#include "trust/fingerprint.h"

static void append_escaped(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (strchr("\\`*_{}[]<>()#+-.!|&", *name) != NULL)
            buf_append_byte(out, '\\');
        buf_append_byte(out, (uint8_t)*name);
    }
}

int mirror_readme(struct buf *out, mimeo_ctx *ctx, const char *name, const struct hash *publisher)
{
    char hex[HASH_HEX_LEN + 1], digits[FINGERPRINT_LEN + 1];
    hash_format(hex, publisher);
    fingerprint_format(digits, publisher);
    buf_append_str(out, "# ");
    append_escaped(out, name);
    buf_append_str(out, "\n\nThis is a mimeo mirror: signed bundles of articles. Anybody can copy it and pass it on; nobody can "
                        "change an article in it without being found out.\n\nTo read it: install mimeo, then run `mimeo "
                        "verify` and `mimeo list` in this directory.\n\n");
    buf_appendf(out, "Publisher ID: %s\nFingerprint: %s\n\n", hex, digits);
    buf_append_str(out, "Anyone can put any name on a mirror. Compare the fingerprint with one that you got in another way.\n");
    return buf_status(out) < 0 ? ctx_error_nomem(ctx) : 0;
}
