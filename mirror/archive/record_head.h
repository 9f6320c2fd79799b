/*
 * The head of a record: of WARC (ISO 28500, s. 4) or, a single line, of ARC (Internet Archive, version 1 and 2).
 */
#ifndef ARCHIVE_RECORD_HEAD_H
#define ARCHIVE_RECORD_HEAD_H

#include "archive/http_message.h"
#include "archive/stream.h"

enum record_type { RECORD_OTHER, RECORD_RESPONSE, RECORD_RESOURCE, RECORD_REVISIT };
#define DIGEST_MAX 160

struct record_head {
    enum record_type type;
    char url[URL_MAX];             /* normal; "" where there is none, or none that can be read */
    char content_type[CONTENT_TYPE_MAX];
    char digest[DIGEST_MAX];       /* of the payload; "" */
    char refers_to[URL_MAX];       /* of a revisit: whose record it repeats; "" */
    int64_t date;
    uint64_t block_len;            /* as the record says */
    bool truncated;                /* as the record says, when it was fetched */
};

#define RECORD_HEAD_MAX (32 * KIB)

/* Take the head at the stream's front.  0, or words for what is wrong with it in *fault; *end where there is nothing more
 * than empty lines.  Errors are of the system alone. */
int record_head_read(struct record_head *out, const char **fault, bool *end, struct stream *s);
/* The line of an ARC record (without LF); false where it is none. */
bool arc_line_parse(struct record_head *out, struct view line);
/* Does a record begin so? */
bool record_begins(struct view v);

#endif
