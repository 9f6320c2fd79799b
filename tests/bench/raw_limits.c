/*
 * What the machine itself can do on the same bytes, for the ratios of tests/bench/run: the bodies of a
 * file of JSON Lines deflated in blocks of 64 KiB, parsed by the HTML parser, hashed; on all processors.
 * Prints "name seconds bytes", a line each.  With a second argument, writes each article as a page of
 * HTML there, for zimwriterfs.
 */
#include <gumbo.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK 65536
#define LEVEL 6
#define THREADS_MAX 64

struct body {
    char *html;
    size_t len;
};
static struct body *bodies;
static size_t body_count, body_cap, total;
static char *joined;
static long threads;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void keep(const char *html, size_t len)
{
    if (body_count == body_cap) {
        body_cap = body_cap == 0 ? 1024 : 2 * body_cap;
        bodies = realloc(bodies, body_cap * sizeof(*bodies));
        if (bodies == NULL)
            exit(1);
    }
    char *copy = malloc(len + 1);
    if (copy == NULL)
        exit(1);
    memcpy(copy, html, len + 1);
    bodies[body_count++] = (struct body){copy, len};
    total += len;
}

static void put_page(const char *dir, size_t n, const char *title, const char *html)
{
    char name[4096];
    snprintf(name, sizeof(name), "%s/%zu.html", dir, n);
    FILE *f = fopen(name, "w");
    if (f == NULL)
        exit(1);
    fprintf(f, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title></head><body>%s</body></html>\n",
            title, html);
    fclose(f);
}

static void load(const char *path, const char *pages)
{
    FILE *f = fopen(path, "r");
    char *line = NULL, *html = NULL;
    size_t cap = 0;
    if (f == NULL)
        exit(1);
    while (getline(&line, &cap, f) > 0) {
        json_t *o = json_loads(line, 0, NULL), *body = json_object_get(o, "body");
        struct {
            char *text;
            size_t len;
        } made = {NULL, 0};
        FILE *m = open_memstream(&made.text, &made.len);
        size_t i;
        json_t *p;
        if (json_is_array(body))
            json_array_foreach(body, i, p) fprintf(m, "<p>%s</p>", json_string_value(p));
        else if (json_is_string(body))
            fputs(json_string_value(body), m);
        fclose(m);
        const char *title = json_string_value(json_object_get(o, "title"));
        if (pages != NULL)
            put_page(pages, body_count, title == NULL ? "" : title, made.text);
        keep(made.text, made.len);
        free(made.text);
        json_decref(o);
    }
    free(line);
    free(html);
    fclose(f);
    joined = malloc(total + 1);
    if (joined == NULL)
        exit(1);
    size_t at = 0;
    for (size_t i = 0; i < body_count; i++) {
        memcpy(joined + at, bodies[i].html, bodies[i].len);
        at += bodies[i].len;
    }
}

static void *deflate_part(void *arg)
{
    Bytef *out = malloc(2 * BLOCK);
    z_stream z = {0};
    if (out == NULL || deflateInit2(&z, LEVEL, Z_DEFLATED, 15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        exit(1);
    for (size_t at = (size_t)(long)arg * BLOCK; at < total; at += (size_t)threads * BLOCK) {
        deflateReset(&z);
        z.next_in = (Bytef *)joined + at;
        z.avail_in = (uInt)(total - at < BLOCK ? total - at : BLOCK);
        z.next_out = out;
        z.avail_out = 2 * BLOCK;
        deflate(&z, Z_FINISH);
    }
    deflateEnd(&z);
    free(out);
    return NULL;
}

static void *parse_part(void *arg)
{
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_BODY;
    for (size_t i = (size_t)(long)arg; i < body_count; i += (size_t)threads)
        gumbo_destroy_output(&options, gumbo_parse_with_options(&options, bodies[i].html, bodies[i].len));
    return NULL;
}

static void *hash_part(void *arg)
{
    unsigned char h[32];
    for (size_t at = (size_t)(long)arg * BLOCK; at < total; at += (size_t)threads * BLOCK)
        crypto_generichash(h, sizeof(h), (unsigned char *)joined + at, total - at < BLOCK ? total - at : BLOCK, NULL, 0);
    return NULL;
}

static void time_it(const char *name, void *(*part)(void *))
{
    pthread_t t[THREADS_MAX];
    double before = now();
    for (long i = 0; i < threads; i++)
        pthread_create(&t[i], NULL, part, (void *)i);
    for (long i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    printf("%s %.3f %zu\n", name, now() - before, total);
}

int main(int argc, char **argv)
{
    if (argc < 2 || sodium_init() < 0)
        return 2;
    threads = sysconf(_SC_NPROCESSORS_ONLN);
    threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    load(argv[1], argc > 2 ? argv[2] : NULL);
    time_it("deflate", deflate_part);
    time_it("parse", parse_part);
    time_it("hash", hash_part);
    return 0;
}
