/* Addresses: no part of one that is taken can be an option or ends a line; credentials are never shown. */
#include <stdlib.h>
#include <string.h>

#include "net/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const char *part)
{
    if (part[0] == '-' || strpbrk(part, "\r\n") != NULL)
        abort();
}

static void check(mimeo_ctx *ctx, const char *text)
{
    struct address a, again;
    char *shown = address_display(text);
    if (shown == NULL)
        abort();
    if (address_parse(&a, ctx, text) == 0) {
        check_part(a.user);
        check_part(a.host);
        check_part(a.path);
        if (strlen(a.password) > 3 && a.kind != ADDRESS_PATH && strstr(shown, "***") == NULL)
            abort();
        address_is_private(&a);
        /* What is asked by http is the same address without credentials. */
        if (a.kind <= ADDRESS_HTTPS) {
            if (address_parse(&again, ctx, a.url) < 0 || strcmp(again.host, a.host) != 0 || again.port != a.port ||
                again.user[0] != '\0')
                abort();
            address_dispose(&again);
        }
        address_dispose(&a);
    }
    free(shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    char *text = strndup((const char *)data, size);
    if (text == NULL || mimeo_ctx_new(&ctx) < 0)
        return 0;
    check(ctx, text);
    mimeo_ctx_free(ctx);
    free(text);
    return 0;
}
