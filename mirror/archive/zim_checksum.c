/* The checksum of a ZIM file: the MD5 of all its bytes but itself, at the end. */
#include <stdlib.h>
#include <string.h>

#include "archive/archive_calls.h"
#include "archive/zim.h"
#include "base/limits.h"

#define STEP (256 * KIB)

static int sum_up(uint8_t out[MD5_DIGEST_LENGTH], mimeo_ctx *ctx, const struct stretch *file, uint64_t end)
{
    const struct md5_calls *calls = md5_calls(ctx);
    MD5_CTX md5;
    if (calls == NULL)
        return MIMEO_EFAIL;
    uint8_t *bytes = malloc(STEP);
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : 0;
    calls->MD5Init_(&md5);
    for (uint64_t at = 0; rc == 0 && at < end;) {
        size_t len = end - at < STEP ? (size_t)(end - at) : STEP;
        rc = ctx_check_cancel(ctx);
        if (rc == 0)
            rc = stretch_read_all(ctx, file, at, bytes, len);
        if (rc == 0)
            calls->MD5Update_(&md5, bytes, len);
        at += len;
        ctx_progress(ctx, "checking the archive", at, end, "bytes");
    }
    if (rc == 0)
        calls->MD5Final_(out, &md5);
    free(bytes);
    return rc;
}

int zim_check(mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h)
{
    uint8_t sum[MD5_DIGEST_LENGTH] = {0}, said[MD5_DIGEST_LENGTH] = {0};
    if (!h->has_checksum)
        return 0;
    if (file->len < MD5_DIGEST_LENGTH || h->checksum_at != file->len - MD5_DIGEST_LENGTH)
        return ctx_error(ctx, MIMEO_EMALFORMED, "its checksum is not at its end: it was cut short or damaged: get it again");
    int rc = stretch_read_all(ctx, file, h->checksum_at, said, MD5_DIGEST_LENGTH);
    if (rc == 0)
        rc = sum_up(sum, ctx, file, h->checksum_at);
    if (rc == 0 && memcmp(sum, said, MD5_DIGEST_LENGTH) != 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "its checksum does not hold: it was damaged or changed, in what was read or "
                                              "elsewhere: get it again");
    return rc;
}
