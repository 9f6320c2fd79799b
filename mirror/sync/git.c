/*
 * Running git.  What a reader would get wrong: without a proxy the user's own settings decide (git's and
 * ssh's); with one, nothing of them may lead round it.
 */
#include "sync/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONFIG_MAX 32
#define ENV_MAX 64
#define OUTPUT_MAX ((size_t)1 << 20)
#define CONNECT_SECONDS 30
#define STALL_SECONDS 60
#define TOTAL_SECONDS (6 * 3600)
#define ASKING_SECONDS 300 /* for a person to find a password */

struct git {
    mimeo_ctx *ctx;
    struct mimeo_network network;
    bool may_ask;
    char *env[ENV_MAX + 1]; /* NULL-ended */
    size_t env_count;
    unsigned config_count;
};

/* ---- addresses ---- */

enum address_kind address_kind(const char *address)
{
    static const struct {
        const char *scheme;
        enum address_kind kind;
    } schemes[] = {{"file://", ADDRESS_FILE}, {"http://", ADDRESS_HTTP},      {"https://", ADDRESS_HTTP},
                   {"ssh://", ADDRESS_SSH},   {"git+ssh://", ADDRESS_SSH}, {"ssh+git://", ADDRESS_SSH},
                   {"git://", ADDRESS_GIT}};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strncasecmp(address, schemes[i].scheme, strlen(schemes[i].scheme)) == 0)
            return schemes[i].kind;
    if (strstr(address, "://") != NULL || strstr(address, "::") != NULL)
        return ADDRESS_OTHER;
    const char *colon = strchr(address, ':'), *slash = strchr(address, '/');
    return colon != NULL && colon != address && (slash == NULL || colon < slash) ? ADDRESS_SSH : ADDRESS_PATH;
}

/* Where the host begins: behind the scheme and whatever ends with "@"; *authority behind the scheme. */
static const char *host_start(const char *address, const char **authority, const char **end)
{
    const char *scheme = strstr(address, "://");
    const char *from = scheme == NULL ? address : scheme + 3;
    const char *to = from + strcspn(from, scheme == NULL ? ":" : "/?#"), *host = from;
    for (const char *at = from; at < to; at++)
        if (*at == '@')
            host = at + 1;
    *authority = from;
    *end = to;
    return host;
}

char *address_for_print(const char *address)
{
    const char *authority, *end;
    enum address_kind kind = address_kind(address);
    if (kind == ADDRESS_PATH || kind == ADDRESS_FILE || kind == ADDRESS_OTHER)
        return strdup(address);
    const char *host = host_start(address, &authority, &end);
    bool password = memchr(authority, ':', (size_t)(host - authority)) != NULL || kind == ADDRESS_HTTP;
    if (!password)
        return strdup(address); /* git@host is no secret */
    struct buf b;
    buf_init(&b, strlen(address) + 1);
    buf_append(&b, address, (size_t)(authority - address));
    buf_append_str(&b, host);
    return buf_detach(&b, NULL);
}

void address_host(char *out, size_t len, const char *address)
{
    const char *authority, *end;
    enum address_kind kind = address_kind(address);
    size_t n = 0;
    if (kind == ADDRESS_HTTP || kind == ADDRESS_SSH || kind == ADDRESS_GIT)
        for (const char *at = host_start(address, &authority, &end); at < end && *at != ':' && n + 1 < len; at++)
            out[n++] = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    out[n] = '\0';
}

/* ---- the environment ---- */

static int add_env(struct git *g, const char *name, const char *value)
{
    if (g->env_count == ENV_MAX)
        return ctx_error(g->ctx, MIMEO_EFAIL, "too many settings for git");
    size_t len = strlen(name) + (value == NULL ? 0 : strlen(value) + 1) + 1;
    char *entry = malloc(len);
    if (entry == NULL)
        return ctx_error_nomem(g->ctx);
    strcpy(entry, name);
    if (value != NULL) {
        strcat(entry, "=");
        strcat(entry, value);
    }
    g->env[g->env_count++] = entry;
    return 0;
}

/* As "git -c name=value", where nobody reads it. */
static int add_config(struct git *g, const char *name, const char *value)
{
    char key[40];
    snprintf(key, sizeof(key), "GIT_CONFIG_KEY_%u", g->config_count);
    int rc = add_env(g, key, name);
    snprintf(key, sizeof(key), "GIT_CONFIG_VALUE_%u", g->config_count);
    if (rc == 0)
        rc = add_env(g, key, value);
    g->config_count++;
    return rc;
}

/* Settings that the user gave in the environment stay, ours come behind them. */
static void continue_config(struct git *g)
{
    const char *given = getenv("GIT_CONFIG_COUNT");
    uint64_t count;
    if (given != NULL && parse_decimal(view_of_str(given), 1000, &count))
        g->config_count = (unsigned)count;
}

static int set_base(struct git *g, const struct git_options *o)
{
    static const char *const removed[] = {"GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                                          "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE"};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(removed) / sizeof(removed[0]); i++)
        rc = add_env(g, removed[i], NULL);
    if (rc == 0)
        rc = add_env(g, "GIT_DIR", o->git_dir);
    if (rc == 0)
        rc = add_env(g, "LC_ALL", "C");
    if (rc == 0)
        rc = add_env(g, "GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh");
    if (rc == 0 && o->no_input)
        rc = add_env(g, "GIT_TERMINAL_PROMPT", "0");
    if (rc == 0 && o->no_input && getenv("GIT_ASKPASS") == NULL)
        rc = add_env(g, "GIT_ASKPASS", ""); /* no window either; a program that the user named for it may answer */
    if (rc == 0 && !o->own)
        rc = add_config(g, "core.hooksPath", "/dev/null");
    return rc;
}

static int set_remote(struct git *g, const struct git_options *o)
{
    char seconds[24];
    snprintf(seconds, sizeof(seconds), "%d", g->network.stall_seconds);
    int rc = add_config(g, "remote." GIT_REMOTE ".url", o->address);
    if (rc == 0)
        rc = add_config(g, "push.followTags", "false");
    if (rc == 0)
        rc = add_config(g, "push.recurseSubmodules", "no");
    if (rc == 0)
        rc = add_config(g, "http.lowSpeedLimit", "1");
    if (rc == 0)
        rc = add_config(g, "http.lowSpeedTime", seconds);
    if (rc == 0 && g->network.ca_file != NULL)
        rc = add_config(g, "http.sslCAInfo", g->network.ca_file);
    if (rc == 0 && g->network.proxy == NULL && o->proxy != NULL)
        rc = add_config(g, "remote." GIT_REMOTE ".proxy", o->proxy);
    return rc;
}

/* ---- proxies ---- */

static bool is_socks(const char *proxy)
{
    return strncasecmp(proxy, "socks5://", 9) == 0 || strncasecmp(proxy, "socks5h://", 10) == 0;
}

static int check_proxy(struct git *g)
{
    const char *proxy = g->network.proxy;
    if (is_socks(proxy) || strncasecmp(proxy, "http://", 7) == 0 || strncasecmp(proxy, "https://", 8) == 0)
        return 0;
    return ctx_error(g->ctx, MIMEO_EUSAGE, "a proxy is socks5h://HOST:PORT or http://HOST:PORT, not '%s'", proxy);
}

/* The remote's own proxy goes before whatever git's configuration has for an address, so this cannot be overruled.
 * Names are looked up by the proxy. */
static int proxy_for_http(struct git *g)
{
    static const char *const removed[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
                                          "no_proxy", "NO_PROXY"};
    const char *proxy = g->network.proxy;
    struct buf b;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(removed) / sizeof(removed[0]); i++)
        rc = add_env(g, removed[i], NULL);
    buf_init(&b, 4096);
    bool local_names = strncasecmp(proxy, "socks5://", 9) == 0;
    if (rc == 0 && buf_appendf(&b, "%s%s", local_names ? "socks5h://" : "", local_names ? proxy + 9 : proxy) < 0)
        rc = ctx_error(g->ctx, MIMEO_EUSAGE, "the proxy's address is too long");
    if (rc == 0)
        rc = add_config(g, "remote." GIT_REMOTE ".proxy", buf_str(&b));
    if (rc == 0)
        rc = add_config(g, "http.proxy", buf_str(&b));
    buf_dispose(&b);
    return rc;
}

/* The nc that speaks SOCKS (OpenBSD's), or NULL. */
static const char *find_nc(struct git *g)
{
    static const char *const names[] = {"nc.openbsd", "nc"};
    for (size_t i = 0; i < 2; i++) {
        struct program_result r;
        const char *argv[] = {names[i], "-h", NULL};
        struct program p = {.argv = argv, .seconds = 5, .output = 64 * 1024};
        if (program_run(&r, g->ctx, &p) < 0)
            continue;
        bool speaks = strstr(buf_str(&r.out), "-X ") != NULL || strstr(buf_str(&r.err), "-X ") != NULL;
        program_result_dispose(&r);
        if (speaks)
            return names[i];
    }
    return NULL;
}

/* HOST:PORT of a SOCKS proxy, as a word that no shell takes apart; "" where it is another. */
static void socks_word(char *out, size_t len, const char *proxy)
{
    const char *from = strstr(proxy, "://") + 3;
    size_t n = strcspn(from, "/");
    static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    out[0] = '\0';
    if (n == 0 || n >= len || strspn(from, fine) < n || memchr(from, ':', n) == NULL || from[0] == '-')
        return;
    memcpy(out, from, n);
    out[n] = '\0';
}

/* ---- ssh ---- */

static bool user_has_ssh_command(struct git *g)
{
    struct program_result r;
    if (getenv("GIT_SSH_COMMAND") != NULL || getenv("GIT_SSH") != NULL)
        return true;
    if (git_run(&r, g, 10, (const char *const[]){"config", "--get", "core.sshCommand", NULL}) < 0)
        return false;
    bool has = r.status == 0 && r.out.len > 1;
    program_result_dispose(&r);
    return has;
}

static int set_ssh(struct git *g, const struct git_options *o)
{
    const char *proxy = g->network.proxy, *nc = NULL;
    char word[300] = "";
    bool theirs = user_has_ssh_command(g);
    if (proxy != NULL) {
        if (theirs)
            return ctx_error(g->ctx, MIMEO_EUSAGE, "ssh goes by a command of your own (GIT_SSH_COMMAND or core.sshCommand), so "
                             "--proxy cannot be kept to: put the proxy into that command");
        if (is_socks(proxy))
            socks_word(word, sizeof(word), proxy);
        if (word[0] == '\0')
            return ctx_error(g->ctx, MIMEO_EUSAGE, "ssh goes only through a proxy of the form socks5h://HOST:PORT");
        if ((nc = find_nc(g)) == NULL)
            return ctx_error(g->ctx, MIMEO_EUSAGE, "ssh goes through a SOCKS proxy with OpenBSD's nc, which is not installed "
                             "(netcat-openbsd)");
    }
    if (theirs)
        return 0;
    struct buf b;
    buf_init(&b, 2048);
    buf_appendf(&b, "ssh -o ConnectTimeout=%d -o ServerAliveInterval=15 -o ServerAliveCountMax=4", g->network.connect_seconds);
    if (o->no_input)
        buf_append_str(&b, " -o BatchMode=yes");
    if (nc != NULL) /* and no connection that is open already, no name looked up here */
        buf_appendf(&b, " -o ControlPath=none -o CanonicalizeHostname=no -o VerifyHostKeyDNS=no"
                        " -o 'ProxyCommand=%s -X 5 -x %s %%h %%p'", nc, word);
    int rc = buf_status(&b) < 0 ? ctx_error_nomem(g->ctx) : add_env(g, "GIT_SSH_COMMAND", buf_str(&b));
    buf_dispose(&b);
    return rc;
}

/* ---- opening ---- */

static int set_carrier(struct git *g, const struct git_options *o)
{
    enum address_kind kind = address_kind(o->address);
    int rc = g->network.proxy == NULL ? 0 : check_proxy(g);
    if (rc < 0)
        return rc;
    if (kind == ADDRESS_OTHER)
        return ctx_error(g->ctx, MIMEO_EUSAGE, "'%s' is no address that git can push to: http(s), ssh, git, file or a path",
                         o->address);
    if (kind == ADDRESS_GIT && g->network.proxy != NULL)
        return ctx_error(g->ctx, MIMEO_EUSAGE, "git:// does not go through a proxy: name an https address");
    if (kind == ADDRESS_SSH)
        return set_ssh(g, o);
    return kind == ADDRESS_HTTP && g->network.proxy != NULL ? proxy_for_http(g) : 0;
}

static void set_deadlines(struct mimeo_network *n)
{
    if (n->connect_seconds <= 0)
        n->connect_seconds = CONNECT_SECONDS;
    if (n->stall_seconds <= 0)
        n->stall_seconds = STALL_SECONDS;
    if (n->total_seconds <= 0)
        n->total_seconds = TOTAL_SECONDS;
}

/* The count is known last. */
static int set_config_count(struct git *g)
{
    char count[16];
    snprintf(count, sizeof(count), "%u", g->config_count);
    for (size_t i = 0; i < g->env_count; i++)
        if (strncmp(g->env[i], "GIT_CONFIG_COUNT=", 17) == 0) {
            free(g->env[i]);
            g->env[i] = g->env[--g->env_count];
            g->env[g->env_count] = NULL;
        }
    return add_env(g, "GIT_CONFIG_COUNT", count);
}

int git_open(struct git **out, mimeo_ctx *ctx, const struct git_options *options)
{
    struct git *g = calloc(1, sizeof(*g));
    if (g == NULL)
        return ctx_error_nomem(ctx);
    g->ctx = ctx;
    if (options->network != NULL)
        g->network = *options->network;
    set_deadlines(&g->network);
    g->may_ask = !options->no_input;
    continue_config(g);
    int rc = set_base(g, options);
    if (rc == 0)
        rc = set_config_count(g);
    if (rc == 0 && options->address != NULL)
        rc = set_remote(g, options);
    if (rc == 0 && options->address != NULL)
        rc = set_carrier(g, options);
    if (rc == 0)
        rc = set_config_count(g);
    if (rc < 0) {
        git_close(g);
        return rc;
    }
    *out = g;
    return 0;
}

void git_close(struct git *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->env_count; i++)
        free(g->env[i]);
    free(g);
}

/* ---- running ---- */

int git_run_capped(struct program_result *out, struct git *g, int seconds, const char *const *args, size_t output,
                   uint64_t file_size)
{
    size_t count = 0;
    while (args[count] != NULL)
        count++;
    const char **argv = calloc(count + 2, sizeof(*argv));
    if (argv == NULL)
        return ctx_error_nomem(g->ctx);
    argv[0] = "git";
    memcpy(argv + 1, args, count * sizeof(*argv));
    struct program p = {.argv = argv,
                        .change = (const char *const *)g->env,
                        .may_ask = g->may_ask,
                        .seconds = seconds,
                        .output = output,
                        .file_size = file_size};
    int rc = program_run(out, g->ctx, &p);
    free(argv);
    return rc;
}

int git_run(struct program_result *out, struct git *g, int seconds, const char *const *args)
{
    return git_run_capped(out, g, seconds, args, OUTPUT_MAX, 0);
}

int git_question_seconds(const struct git *g)
{
    return g->network.connect_seconds + g->network.stall_seconds + (g->may_ask ? ASKING_SECONDS : 0);
}

int git_transfer_seconds(const struct git *g)
{
    return g->network.total_seconds;
}
