/* Charters in plain words.  A key that is new is shown whole: its first digits are easy to forge. */
#include <string.h>

#include "charter.h"

typedef const char (*key_list)[MIMEO_HEX_LEN + 1];

static bool has_key(key_list keys, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void put_short_keys(key_list keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%.8s", i == 0 ? "" : " ", keys[i]);
}

static void put_range(const struct mimeo_charter *c)
{
    if (c->cut)
        printf("From bundle:      %llu on; of older bundles only number %llu and those that led to it are good\n",
               (unsigned long long)c->from_seq + 1, (unsigned long long)c->from_seq);
    else
        printf("From bundle:      %llu on\n", (unsigned long long)c->from_seq + 1);
}

void put_charter(struct cli *cli, const struct mimeo_charter *c)
{
    printf("%sCharter %u%s\nName:             ", style("bold"), c->version, style("off"));
    put_text(cli, c->name, 0);
    if (c->site[0] != '\0') {
        printf("\nSite:             ");
        put_text(cli, c->site, 0);
    }
    putchar('\n');
    put_range(c);
    printf("Root keys:        %u of %zu have to sign the next charter: ", c->root_threshold, c->root_count);
    put_short_keys(c->roots, c->root_count);
    printf("\nPublishing keys:  %u of %zu signs bundles: ", c->publish_threshold, c->publish_count);
    put_short_keys(c->publishers, c->publish_count);
    printf("\nSigned by:        ");
    put_short_keys(c->signers, c->signer_count);
    printf("\nText:             %s\n", c->hash);
}

/* ---- what changed ---- */

static void put_key_changes(const char *kind, key_list now, size_t count, key_list before, size_t before_count)
{
    for (size_t i = 0; i < before_count; i++)
        if (!has_key(now, count, before[i]))
            printf("  - %s key %s is withdrawn\n", kind, before[i]);
    for (size_t i = 0; i < count; i++)
        if (!has_key(before, before_count, now[i]))
            printf("  + %s key %s is new\n", kind, now[i]);
}

static void put_text_change(struct cli *cli, const char *what, const char *now, const char *before)
{
    if (strcmp(now, before) == 0)
        return;
    printf("  ~ the %s was \"", what);
    put_text(cli, before, 0);
    fputs("\" and becomes \"", stdout);
    put_text(cli, now, 0);
    fputs("\"\n", stdout);
}

static void put_threshold_change(const char *kind, unsigned now, size_t count, unsigned before, size_t before_count)
{
    if (now != before || count != before_count)
        printf("  ~ %u of %zu %s keys have to sign; it was %u of %zu\n", now, count, kind, before, before_count);
}

void put_first_keys(const struct mimeo_charter *c)
{
    put_key_changes("root", c->roots, c->root_count, NULL, 0);
    put_key_changes("publishing", c->publishers, c->publish_count, NULL, 0);
}

void put_changes(struct cli *cli, const struct mimeo_charter *c, const struct mimeo_charter *before)
{
    put_text_change(cli, "name", c->name, before->name);
    put_text_change(cli, "site", c->site, before->site);
    put_key_changes("root", c->roots, c->root_count, before->roots, before->root_count);
    put_threshold_change("root", c->root_threshold, c->root_count, before->root_threshold, before->root_count);
    put_key_changes("publishing", c->publishers, c->publish_count, before->publishers, before->publish_count);
    put_threshold_change("publishing", c->publish_threshold, c->publish_count, before->publish_threshold,
                         before->publish_count);
    if (c->cut)
        printf("  ~ everything beyond bundle %llu was revoked\n", (unsigned long long)c->from_seq);
    for (const char *line = c->extras; *line != '\0';) {
        const char *end = strchr(line, '\n');
        char one[1100];
        snprintf(one, sizeof(one), "%.*s", end == NULL ? (int)strlen(line) : (int)(end - line), line);
        fputs("  ? unknown to this mimeo: ", stdout);
        put_text(cli, one, 0);
        putchar('\n');
        line = end == NULL ? line + strlen(line) : end + 1;
    }
}

/* ---- JSON ---- */

static void json_keys(const char *name, key_list keys, size_t count)
{
    json_open(name, '[');
    for (size_t i = 0; i < count; i++)
        json_string(NULL, keys[i]);
    json_close(']');
}

void json_charter(const struct mimeo_charter *c)
{
    json_number("version", c->version);
    json_string("hash", c->hash);
    json_number("from", c->from_seq);
    json_string("cut", c->cut ? c->from_hash : NULL);
    json_string("name", c->name);
    json_string("site", c->site);
    json_number("root_threshold", c->root_threshold);
    json_keys("root_keys", c->roots, c->root_count);
    json_number("publish_threshold", c->publish_threshold);
    json_keys("publish_keys", c->publishers, c->publish_count);
    json_keys("signers", c->signers, c->signer_count);
}
