/*
 * The fingerprint: the publisher ID as eight groups of five digits, to be read out and
 * compared (FORMAT.md section 10).
 *
 * Beware: the digits are compared, never turned back into an ID.  They carry 132 bits of
 * the hash, so each digit counts; leave no way to compare only some of them.
 */
#include "trust/fingerprint.h"

#include <string.h>

#include "base/text.h"

#define GROUPS 8
#define GROUP_DIGITS 5
#define GROUP_BYTES 5
#define DIGITS (GROUPS * GROUP_DIGITS)

static const char label[] = "mimeo fingerprint\n";

/* The 40 digits alone, as '0' to '9'. */
static void digits_of(char out[DIGITS], const struct hash *publisher)
{
    uint8_t wide[64];
    crypto_generichash_state s;
    crypto_generichash_init(&s, NULL, 0, sizeof wide);
    crypto_generichash_update(&s, (const uint8_t *)label, sizeof label - 1);
    crypto_generichash_update(&s, publisher->bytes, sizeof publisher->bytes);
    crypto_generichash_final(&s, wide, sizeof wide);
    for (size_t g = 0; g < GROUPS; g++) {
        uint64_t n = 0;
        for (size_t i = 0; i < GROUP_BYTES; i++)
            n = n << 8 | wide[g * GROUP_BYTES + i];
        n %= 100000;
        for (size_t d = GROUP_DIGITS; d-- > 0; n /= 10)
            out[g * GROUP_DIGITS + d] = (char)('0' + n % 10);
    }
}

void fingerprint_format(char out[FINGERPRINT_LEN + 1], const struct hash *publisher)
{
    char digits[DIGITS];
    digits_of(digits, publisher);
    char *at = out;
    for (size_t g = 0; g < GROUPS; g++) {
        if (g > 0)
            *at++ = ' ';
        memcpy(at, digits + g * GROUP_DIGITS, GROUP_DIGITS);
        at += GROUP_DIGITS;
    }
    *at = '\0';
}

/* The value of a digit as people write it from Dhaka to Rabat, or -1. */
static int digit_value(uint32_t code)
{
    static const uint32_t zeros[] = {'0', 0x0660 /* Arabic-Indic */, 0x06F0 /* Persian, Urdu */};
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (code >= zeros[i] && code <= zeros[i] + 9)
            return (int)(code - zeros[i]);
    return -1;
}

/* What stands between digits: as typed, and as a messenger or word processor made it. */
static bool is_separator(uint32_t code)
{
    switch (code) {
    case ' ': case '\t': case '\n': case '\r': case '-': case '.':
    case 0x00A0: case 0x202F:                         /* spaces that do not break */
    case 0x200B: case 0xFEFF:                         /* of no width */
    case 0x061C: case 0x200E: case 0x200F:            /* marks around Arabic digits */
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: /* dashes */
        return true;
    default:
        return false;
    }
}

static int digits_read(char out[DIGITS], mimeo_ctx *ctx, const char *typed)
{
    struct cursor c = cursor_of(view_of_str(typed));
    size_t count = 0;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (is_separator(code))
            continue;
        int value = digit_value(code);
        if (value < 0)
            return ctx_error(ctx, MIMEO_EUSAGE,
                             "the fingerprint holds something other than digits: "
                             "type its 40 digits, with spaces if you like");
        if (count < DIGITS)
            out[count] = (char)('0' + value);
        count++;
    }
    if (c.left > 0)
        return ctx_error(ctx, MIMEO_EUSAGE, "the fingerprint is not valid UTF-8: type its 40 digits");
    if (count != DIGITS)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "the fingerprint has %zu digits where it needs 40: compare it again", count);
    return 0;
}

int fingerprint_expect(mimeo_ctx *ctx, const struct hash *publisher, const char *typed)
{
    char want[DIGITS], got[DIGITS];
    int rc = digits_read(got, ctx, typed);
    if (rc < 0)
        return rc;
    digits_of(want, publisher);
    for (size_t g = 0; g < GROUPS; g++) {
        const char *w = want + g * GROUP_DIGITS, *t = got + g * GROUP_DIGITS;
        if (memcmp(w, t, GROUP_DIGITS) != 0)
            return ctx_error(ctx, MIMEO_EFORGED,
                             "the fingerprint differs in group %zu of 8: %.5s was expected, this "
                             "publisher's is %.5s; unless a digit was mistyped, this is somebody else",
                             g + 1, t, w);
    }
    return 0;
}
