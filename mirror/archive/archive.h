/*
 * Web archives: files that hold pages as they were fetched, with their pictures.
 *
 *     WARC 0.17 to 1.1 (ISO 28500) and ARC 1 and 2, plain or packed with gzip (a member each record, or all in one)
 *     WACZ (a zip with WARCs in archive/), ZIM (openZIM, old and new namespaces), MHTML ("Webpage, Single File")
 *
 *     rc = archive_open(&a, ctx, fd, "site.warc.gz");
 *     while ((rc = archive_next(&record, a, ctx)) != 0)
 *         if (rc == 1 && record.what == ARCHIVE_PAGE && archive_read(&body, a, ctx, &record.place, LIMIT_HTML) == 0)
 *             … archive_find(&place, a, ctx, picture_url), archive_read(&picture, a, ctx, &place, LIMIT_PICTURE) …
 *         else if (rc < 0 && rc != MIMEO_EMALFORMED)
 *             break;
 *     archive_free(a);
 *
 * Nothing that an archive says of itself is believed: lengths and offsets are checked against the file, what is unpacked has
 * caps in size and in ratio, names of members are never names of files.  A damaged record costs that record: reading goes
 * on at the next one that can be found.  Memory does not grow with the archive, but for 32 bytes a record in the index,
 * which is made at the first archive_find() or archive_newest().
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include "base/bytes.h"
#include "base/context.h"

enum archive_kind { ARCHIVE_NONE, ARCHIVE_WARC, ARCHIVE_ARC, ARCHIVE_WACZ, ARCHIVE_ZIM, ARCHIVE_MHTML };

/* By the first bytes (a gzip member is looked into); of less than ARCHIVE_SNIFF_LEN bytes only where the file is no longer.
 * Any zip is taken for a WACZ: opening it tells. */
#define ARCHIVE_SNIFF_LEN 8192
enum archive_kind archive_sniff(struct view head);
const char *archive_kind_name(enum archive_kind kind); /* "WARC", …; "" for none */

enum archive_what {
    ARCHIVE_PAGE,     /* HTML or XHTML, fetched well */
    ARCHIVE_PICTURE,  /* image/… , fetched well */
    ARCHIVE_OTHER,    /* of any other type: styles, scripts, feeds */
    ARCHIVE_REDIRECT, /* says where something else is */
    ARCHIVE_ERROR,    /* what a server says where it has nothing: status 4xx and 5xx, or no body at all */
    ARCHIVE_REPEAT    /* a revisit: the same as a record before it */
};

/* Where a record is, within its archive. */
struct archive_place {
    uint64_t offset;
    uint32_t inside; /* of a gzip member with several records, a cluster with several articles */
    uint32_t part;
};

/* Strings are borrowed until the next archive_next(); never NULL but `note`. */
struct archive_record {
    enum archive_what what;
    const char *url;          /* absolute; pictures and links of the page are relative to it */
    bool url_made;            /* the archive knows no address (ZIM, some MHTML): `url` is good for resolving and finding
                               * alone, "https://archive.invalid/A/Story.html", and must not be published */
    const char *content_type; /* as the server or the archive said it, with charset; "" where not */
    int status;               /* of HTTP; 200 where there was none */
    int64_t date;             /* when it was fetched, seconds since 1970; 0: not known */
    const char *note;         /* NULL, or what is wrong with the record though it can be read, as far as it goes: "is cut short" */
    struct archive_place place;
};

struct archive;

/* Takes `fd` over, also on failure.  What is no regular file (a pipe) is first copied to a temporary file without a name.
 * `name` is for messages.  MIMEO_EMALFORMED: it is no archive, or one that cannot be read at all. */
int archive_open(struct archive **out, mimeo_ctx *ctx, int fd, const char *name);
void archive_free(struct archive *a); /* NULL is fine */
enum archive_kind archive_kind_of(const struct archive *a);

/* 1 and the next record, in the order of the archive; 0 at the end.  MIMEO_EMALFORMED: something was left out and the
 * message says what and why, after the archive's name; call again, it goes on (what is more than ten is counted and told at the
 * end).  Any other code: no going on.  By one thread at a time. */
int archive_next(struct archive_record *out, struct archive *a, mimeo_ctx *ctx);
/* Is it the newest page of its address in the archive?  Others of the address are older states of it. */
int archive_newest(bool *out, struct archive *a, mimeo_ctx *ctx, const struct archive_record *page);
/* How far archive_next() is, in bytes of the file, for showing progress. */
uint64_t archive_done(const struct archive *a);
uint64_t archive_size(const struct archive *a);

/* The body of a record, unpacked and without what HTTP put around it (chunks, gzip, deflate, br, zstd), at most `max` bytes
 * (more: MIMEO_EMALFORMED).  `out` is initialised here, also on failure.  What is cut short or damaged is given as far as it
 * goes; nothing at all: MIMEO_EMALFORMED.  Any number of threads, also while another is in archive_next(). */
int archive_read(struct buf *out, struct archive *a, mimeo_ctx *ctx, const struct archive_place *place, size_t max);

/* Where the picture (or whatever else is no page) with this address is.  Redirects and revisits are followed; http and
 * https, letters that are or are not percent-encoded, and fragments make no difference.  "cid:…" of MHTML too.
 * MIMEO_ENOTFOUND: it is not in the archive.  Any number of threads. */
int archive_find(struct archive_place *out, struct archive *a, mimeo_ctx *ctx, const char *url);

#endif
