/* mimeo publish */
#include "cli.h"

enum { HEARTBEAT = ART_COMMON, OLDER };

static const struct option_spec options[] = {PUBLISHING_OPTIONS, ARTICLE_OPTIONS, {"heartbeat", OPTION_FLAG}, {"older", OPTION_FLAG},
                                             {NULL, OPTION_FLAG}};
extern const struct command cmd_publish;

static int run_it(struct cli *cli, const struct args *args)
{
    bool heartbeat = args->flags[HEARTBEAT];
    if (heartbeat && args->word_count > 0)
        return usage_fault(&cmd_publish, "--heartbeat publishes nothing, and so takes no file");
    if (!heartbeat && args->word_count == 0)
        return usage_fault(&cmd_publish, "name files or directories to publish, or '-' for standard input");
    return run_publish(cli, &cmd_publish, args, args->words, args->word_count, NULL, NULL, args->flags[OLDER]);
}

const struct command cmd_publish = {
    "publish", "publish articles as a signed bundle",
    "examples:\n"
    "  mimeo publish -C press today/              all articles of a directory\n"
    "  mimeo publish -C press --dry-run news.jsonl\n"
    "  mimeo publish -C press saved/ site.warc.gz feed.xml\n"
    "  mimeo publish -C press --heartbeat         renew the promise to publish; fit for cron\n"
    "\n"
    "usage:\n"
    "  mimeo publish [-C DIR] [--dry-run] [--heartbeat] [--format F] [--pictures DIR]\n"
    "      [--no-pictures] [--images none|small|full] [--image-width N] [--image-quality N]\n"
    "      [--lang L] [--rules FILE] [--follow] [--ignore-robots] [--ca-file FILE]\n"
    "      [--older] [--sensitive] [--key FILE] [--check-mirror COPY]... [--offline] [--proxy URL]\n"
    "      [--mirror URL]... [--next-by DURATION] [--level N]\n"
    "      [--passphrase-file FILE | --passphrase-fd N] [FILE | DIR | URL | -]...\n"
    "\n"
    "options:\n"
    "  --dry-run               show what would be signed; sign and write nothing\n"
    "  --heartbeat             an empty bundle\n"
    "  --format F              of standard input or unknown names: jsonl, markdown, html, page, text,\n"
    "                          text-page, feed, archive, auto\n"
    "  --pictures DIR          where pictures are looked for; beside each file by default\n"
    "  --no-pictures           leave pictures out: --images none\n"
    "  --images SIZE           full, the default: cleaned alone; small: made anew for a slow line; none: left out\n"
    "  --image-width N         of small ones, in pixels; 800 by default\n"
    "  --image-quality N       of small ones, 1 to 100; 60 by default\n"
    "  --lang L                the language of articles that name none\n"
    "  --rules FILE            what to keep and drop of pages, on sites where the judgement errs\n"
    "  --follow                of a feed that is fetched: the pages that its entries link to\n"
    "  --ignore-robots         of a site of your own: fetch what its robots.txt forbids\n"
    "  --ca-file FILE          when fetching, trust the authorities in this PEM file, not the system's\n"
    "  --older                 what was captured before what is published replaces it too\n"
    "  --sensitive             each article in a block of its own, so that it can be erased alone\n"
    "  --key FILE              the publishing key; by default the one that init made\n"
    "  --check-mirror COPY     a path or URL whose head must not be ahead of ours; may be given again\n"
    "  --offline               do not ask the git remotes whether another machine has published\n"
    "  --proxy URL             ask them, and fetch, through socks5h://HOST:PORT or http://HOST:PORT\n"
    "  --mirror URL            where copies will be offered; may be given again, replaces the list\n"
    "  --next-by DURATION      promise to publish again within it; 7d by default\n"
    "  --level N               of compression, 1 to 9; 6 by default\n"
    "  --passphrase-file FILE  the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N       or of this open descriptor\n",
    options, 0, (size_t)-1, run_it,
};
