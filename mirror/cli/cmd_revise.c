/* mimeo revise */
#include "cli.h"

enum { NOTE = ART_COMMON };

static const struct option_spec options[] = {PUBLISHING_OPTIONS, ARTICLE_OPTIONS, {"note", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_revise;

static int run_it(struct cli *cli, const struct args *args)
{
    if (args->flags[ART_IMPORT + IMP_FOLLOW])
        return usage_fault(&cmd_revise, "--follow fetches many articles: 'mimeo publish' takes them");
    return run_publish(cli, &cmd_revise, args, args->words + 1, 1, args->words[0], args->values[NOTE], false);
}

const struct command cmd_revise = {
    "revise", "publish a correction of one article",
    "examples:\n"
    "  mimeo revise -C press --note 'a name was wrong' ferry-timetable ferry.md\n"
    "\n"
    "usage:\n"
    "  mimeo revise [-C DIR] [--note TEXT] [--dry-run] [--format F] [--pictures DIR]\n"
    "      [--no-pictures] [--images none|small|full] [--image-width N] [--image-quality N]\n"
    "      [--lang L] [--rules FILE] [--ignore-robots] [--ca-file FILE]\n"
    "      [--sensitive] [--key FILE] [--check-mirror COPY]... [--offline] [--proxy URL]\n"
    "      [--mirror URL]... [--next-by DURATION] [--level N]\n"
    "      [--passphrase-file FILE | --passphrase-fd N] ID FILE|-\n"
    "\n"
    "options:\n"
    "  --note TEXT             what was corrected; readers see it\n"
    "  --dry-run               show what would be signed; sign and write nothing\n"
    "  --format F              of standard input or unknown names: jsonl, markdown, html, page, text,\n"
    "                          text-page, feed, archive, auto\n"
    "  --pictures DIR          where pictures are looked for; beside the file by default\n"
    "  --no-pictures           leave pictures out: --images none\n"
    "  --images SIZE           full, the default: cleaned alone; small: made anew for a slow line; none: left out\n"
    "  --image-width N         of small ones, in pixels; 800 by default\n"
    "  --image-quality N       of small ones, 1 to 100; 60 by default\n"
    "  --lang L                the article's language, where it names none\n"
    "  --rules FILE            what to keep and drop of pages, on sites where the judgement errs\n"
    "  --ignore-robots         of a site of your own: fetch what its robots.txt forbids\n"
    "  --ca-file FILE          when fetching, trust the authorities in this PEM file, not the system's\n"
    "  --sensitive             in a block of its own, so that it can be erased alone\n"
    "  --key FILE              the publishing key; by default the one that init made\n"
    "  --check-mirror COPY     a path or URL whose head must not be ahead of ours; may be given again\n"
    "  --offline               do not ask the git remotes whether another machine has published\n"
    "  --proxy URL             ask them, and fetch, through socks5h://HOST:PORT or http://HOST:PORT\n"
    "  --mirror URL            where copies will be offered; may be given again, replaces the list\n"
    "  --next-by DURATION      promise to publish again within it; 7d by default\n"
    "  --level N               of compression, 1 to 9; 6 by default\n"
    "  --passphrase-file FILE  the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N       or of this open descriptor\n",
    options, 2, 2, run_it,
};
