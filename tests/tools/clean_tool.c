/*
 * For tests/e2e/test_browser.sh:
 *
 *     clean_tool clean           HTML from stdin, cleaned, to stdout
 *     clean_tool soup COUNT      a page that has a browser parse COUNT cleaned tag soups, and whose
 *                                title then says "same COUNT" or which differs
 *     clean_tool listen FILE     print a port of 127.0.0.1; each connection adds a line to FILE
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "article/clean.h"
#include "base/limits.h"
#include "base/text.h"
#include "unit/soup.h"

static int fail(const char *what)
{
    fprintf(stderr, "clean_tool: %s\n", what);
    return 1;
}

static int clean_stdin(mimeo_ctx *ctx)
{
    struct buf in, out;
    uint8_t bytes[4096];
    size_t n;
    buf_init(&in, LIMIT_HTML);
    buf_init(&out, 2 * LIMIT_HTML);
    while ((n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        buf_append(&in, bytes, n);
    int rc = clean_to_html(&out, ctx, buf_view(&in), NULL);
    if (rc == 0)
        fwrite(buf_str(&out), 1, out.len, stdout);
    buf_dispose(&in);
    buf_dispose(&out);
    return rc == 0 ? 0 : fail(mimeo_ctx_message(ctx));
}

/* As a JavaScript string that no HTML parser can see anything in. */
static void print_string(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    putchar('"');
    while (utf8_next(&c, &code)) {
        if (code >= 0x10000)
            printf("\\u%04x\\u%04x", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
        else if (code < 0x20 || code >= 0x7F || strchr("\"\\<>&", (int)code) != NULL)
            printf("\\u%04x", code);
        else
            putchar((int)code);
    }
    putchar('"');
}

/* A browser writes `"` in text as it is, and no second line end behind <pre>. */
static const char compare[] =
    "];\n"
    "const written = s => s.replace(/(^|>)[^<]*/g, t => t.replace(/&quot;/g, '\"'))\n"
    "    .replace(/(<pre[^>]*>)\\n/g, '$1');\n"
    "let said = 'same ' + bodies.length;\n"
    "for (const s of bodies) {\n"
    "    const div = document.createElement('div');\n"
    "    div.innerHTML = s;\n"
    "    const whole = new DOMParser().parseFromString('<!DOCTYPE html><body>' + s, 'text/html');\n"
    "    for (const got of [div.innerHTML, whole.body.innerHTML])\n"
    "        if (got !== written(s))\n"
    "            said = 'differs: ' + JSON.stringify([s, got]);\n"
    "}\n"
    "document.title = said;\n"
    "</script></body></html>\n";

static int print_soups(mimeo_ctx *ctx, uint32_t count)
{
    int rc = 0;
    printf("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>untouched</title></head>"
           "<body><script>\nconst bodies = [\n");
    for (uint32_t i = 0; i < count && rc == 0; i++) {
        struct buf soup, out;
        buf_init(&soup, MIB);
        buf_init(&out, MIB);
        put_soup(&soup, 1000000 + i);
        rc = clean_to_html(&out, ctx, buf_view(&soup), NULL);
        print_string(buf_view(&out));
        puts(",");
        buf_dispose(&soup);
        buf_dispose(&out);
    }
    fputs(compare, stdout);
    return rc == 0 ? 0 : fail(mimeo_ctx_message(ctx));
}

static int listen_and_note(const char *file)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return fail("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int peer = accept(fd, NULL, NULL);
        FILE *f = fopen(file, "a");
        if (peer < 0 || f == NULL)
            return fail("cannot note a connection");
        fputs("connection\n", f);
        fclose(f);
        close(peer);
    }
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    int status;
    if (mimeo_ctx_new(&ctx) < 0)
        return fail("no context");
    if (argc == 2 && strcmp(argv[1], "clean") == 0)
        status = clean_stdin(ctx);
    else if (argc == 3 && strcmp(argv[1], "soup") == 0)
        status = print_soups(ctx, (uint32_t)strtoul(argv[2], NULL, 10));
    else if (argc == 3 && strcmp(argv[1], "listen") == 0)
        status = listen_and_note(argv[2]);
    else
        status = fail("usage: clean_tool clean | soup COUNT | listen FILE");
    mimeo_ctx_free(ctx);
    return status;
}
