/*
 * The command line: long options with "=" or a word behind, short ones in a row, global ones before
 * and after the command.  Nothing is guessed: no abbreviations, no option twice but lists.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"

int usage_fault(const struct command *command, const char *format, ...)
{
    va_list args;
    fputs("mimeo: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    if (command == NULL)
        fputs("\nsee 'mimeo -h'\n", stderr);
    else
        fprintf(stderr, "\nsee 'mimeo %s -h'\n", command->name);
    return EXIT_USAGE;
}

int parse_number(const struct command *command, const char *option, const char *text, unsigned long min,
                 unsigned long max, unsigned long *out)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min || value > max)
        return usage_fault(command, "%s wants a number from %lu to %lu, not '%s'", option, min, max, text);
    *out = value;
    return EXIT_OK;
}

int parse_when(const struct command *command, const char *option, const char *text, bool *has, int64_t *out)
{
    int64_t ago;
    if (text == NULL)
        return EXIT_OK;
    *has = true;
    if (mimeo_time_parse(text, out))
        return EXIT_OK;
    if (!mimeo_duration_parse(text, &ago))
        return usage_fault(command, "%s wants a date such as 2026-11-24 or an age such as 7d, not '%s'", option, text);
    *out = (int64_t)time(NULL) - ago;
    return EXIT_OK;
}

/* ---- global options ---- */

struct scan {
    struct args *out;
    struct cli *cli;
    const struct command *command;
    int argc, at;
    char **argv;
    bool *help, *version;
};

/* The flag of a global option without a value, or NULL. */
static bool *global_flag(const struct scan *s, const char *name)
{
    if (strcmp(name, "json") == 0)
        return &s->cli->json;
    if (strcmp(name, "quiet") == 0 || strcmp(name, "q") == 0)
        return &s->cli->quiet;
    if (strcmp(name, "verbose") == 0 || strcmp(name, "v") == 0)
        return &s->cli->verbose;
    if (strcmp(name, "no-input") == 0)
        return &s->cli->no_input;
    if (strcmp(name, "help") == 0 || strcmp(name, "h") == 0)
        return s->help;
    if (strcmp(name, "version") == 0)
        return s->version;
    return NULL;
}

static bool take_global_value(const struct scan *s, const char *name, const char *value)
{
    if (strcmp(name, "library") == 0) {
        s->cli->library = value;
    } else if (strcmp(name, "C") == 0) {
        s->cli->dir = value;
        s->cli->dir_given = true;
    } else {
        return false;
    }
    return true;
}

/* ---- a command's own ---- */

static int find_spec(const struct command *command, const char *name)
{
    for (int i = 0; command != NULL && command->options[i].name != NULL; i++)
        if (strcmp(command->options[i].name, name) == 0)
            return i;
    return -1;
}

static int add_to_list(struct args *out, int i, const char *value)
{
    size_t n = 0;
    while (out->lists[i] != NULL && out->lists[i][n] != NULL)
        n++;
    const char **grown = realloc(out->lists[i], (n + 2) * sizeof(*grown));
    if (grown == NULL)
        return usage_fault(NULL, "no memory");
    grown[n] = value;
    grown[n + 1] = NULL;
    out->lists[i] = grown;
    return EXIT_OK;
}

static int set_value(struct scan *s, int i, const char *dashes, const char *name, const char *value)
{
    if (s->command->options[i].kind == OPTION_LIST)
        return add_to_list(s->out, i, value);
    if (s->out->values[i] != NULL)
        return usage_fault(s->command, "%s%s is given twice", dashes, name);
    s->out->values[i] = value;
    return EXIT_OK;
}

/* One option by name; `value` is what stood behind "=", or NULL.  *took: the next word was its value. */
static int take_option(struct scan *s, const char *dashes, const char *name, const char *value, bool *took)
{
    *took = false;
    bool *flag = global_flag(s, name);
    int i = find_spec(s->command, name);
    bool global_value = strcmp(name, "library") == 0 || strcmp(name, "C") == 0;
    if (flag == NULL && i >= 0 && s->command->options[i].kind == OPTION_FLAG)
        flag = &s->out->flags[i];
    if (flag == NULL && i < 0 && !global_value)
        return usage_fault(s->command, "there is no option %s%s%s%s", dashes, name,
                           s->command == NULL ? "" : " of ", s->command == NULL ? "" : s->command->name);
    if (flag != NULL) {
        if (value != NULL)
            return usage_fault(s->command, "%s%s takes no value", dashes, name);
        *flag = true;
        return EXIT_OK;
    }
    if (value == NULL) {
        if (s->at + 1 >= s->argc)
            return usage_fault(s->command, "%s%s wants a value", dashes, name);
        value = s->argv[s->at + 1];
        *took = true;
    }
    return take_global_value(s, name, value) ? EXIT_OK : set_value(s, i, dashes, name, value);
}

static int take_long(struct scan *s, const char *word)
{
    char name[64];
    const char *equals = strchr(word, '=');
    size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);
    bool took;
    if (len < 2 || len >= sizeof(name))
        return usage_fault(s->command, "there is no option --%s", word);
    memcpy(name, word, len);
    name[len] = '\0';
    int status = take_option(s, "--", name, equals == NULL ? NULL : equals + 1, &took);
    s->at += took;
    return status;
}

/* "-qv", "-Cdir", "-C dir" */
static int take_short(struct scan *s, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        char name[2] = {*letters, '\0'};
        int i = find_spec(s->command, name);
        bool wants = *letters == 'C' || (i >= 0 && s->command->options[i].kind != OPTION_FLAG);
        bool took;
        int status = take_option(s, "-", name, wants && letters[1] != '\0' ? letters + 1 : NULL, &took);
        s->at += took;
        if (status != EXIT_OK || wants)
            return status;
    }
    return EXIT_OK;
}

int options_parse(struct args *out, struct cli *cli, const struct command *command, int argc, char **argv,
                  int *next, bool *help, bool *version)
{
    struct scan s = {out, cli, command, argc, 1, argv, help, version};
    bool only_words = false;
    *out = (struct args){.word_count = 0};
    out->words = calloc((size_t)argc + 1, sizeof(*out->words));
    if (out->words == NULL)
        return usage_fault(NULL, "no memory");
    for (; s.at < argc; s.at++) {
        const char *word = argv[s.at];
        int status = EXIT_OK;
        if (only_words || word[0] != '-' || word[1] == '\0') {
            if (command == NULL)
                break;
            out->words[out->word_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_words = true;
        } else {
            status = word[1] == '-' ? take_long(&s, word + 2) : take_short(&s, word + 1);
        }
        if (status != EXIT_OK)
            return status;
    }
    *next = s.at;
    return EXIT_OK;
}

void args_dispose(struct args *args)
{
    free(args->words);
    for (size_t i = 0; i < OPTIONS_MAX; i++)
        free(args->lists[i]);
}
