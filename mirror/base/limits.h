/*
 * Every cap on bytes from outside, in one place.  FORMAT.md has the same table;
 * tests/unit/test_limits compares them.  Sizes are in bytes.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* Format limits (FORMAT.md, "Limits"): a change here is a change of the format. */
#define LIMIT_HEADER (8 * KIB)           /* a bundle header with its signatures */
#define LIMIT_CHARTER (16 * KIB)         /* a charter with its signatures */
#define LIMIT_NOTE_LINE (1 * KIB)        /* one line of a note, without LF */
#define LIMIT_NOTE_EXTRA_LINES 16        /* x- lines in one note */
#define LIMIT_CHARTERS 1000              /* charters in one chain */
#define LIMIT_KEYS 32                    /* root keys, or publishing keys, of one charter */
#define LIMIT_SIGNERS 64                 /* signer lines of one note */
#define LIMIT_MIRRORS 32                 /* mirror lines of one header */
#define LIMIT_DICTIONARIES 32            /* dict lines of one header */
#define LIMIT_DICTIONARY (32 * KIB)      /* one dictionary */
#define LIMIT_NAME 200                   /* a publisher's name */
#define LIMIT_URL (512)                  /* a site or mirror address */
#define LIMIT_SEQ 999999999999ULL        /* the highest seq */
#define LIMIT_BLOCKS 65535               /* blocks in one table */
#define LIMIT_CATALOG_BLOCK (16 * KIB)   /* a catalog block, raw */
#define LIMIT_BODY_BLOCK (1 * MIB)       /* a body block, raw, and so one body */
#define LIMIT_BUNDLE (16 * MIB)          /* a bundle file */
#define LIMIT_MEDIA (7 * MIB)            /* one media object */
#define LIMIT_NEXT_BY (400 * 86400)      /* seconds from time to next-by */
#define LIMIT_RECORD (12 * KIB)          /* one catalog record, without LF */
#define LIMIT_ARTICLE_ID 128
#define LIMIT_TITLE 1024                 /* title, subtitle */
#define LIMIT_SUMMARY 4096               /* summary, correction note, caption */
#define LIMIT_LIST 32                    /* bylines, tags */
#define LIMIT_LIST_ITEM 256              /* one byline, tag, section, credit */
#define LIMIT_ARTICLE_URL 2048
#define LIMIT_ARTICLE_MEDIA 64           /* pictures of one article */
#define LIMIT_ALT 1024
#define LIMIT_ERASURES 64                /* erase entries of one record */
#define LIMIT_JSON_DEPTH 8
#define LIMIT_JSON_KEYS 64               /* keys of one object in a record */
#define LIMIT_LANG 35                    /* a language tag (RFC 5646 s. 4.4.1) */
#define LIMIT_PART (1 * MIB)             /* what the parts of an export hold */
#define LIMIT_PARTS 9999                 /* parts of one export */
#define LIMIT_PART_MEDIA 999999999999ULL /* media of one part */

/* Limits on input of the publisher's side, and of cleaning. */
#define LIMIT_HTML (16 * MIB)            /* a page or fragment, before parsing */
#define LIMIT_HTML_DEPTH 512
#define LIMIT_HTML_ATTRIBUTES 256        /* on one tag */
#define LIMIT_INPUT_LINE (32 * MIB)      /* one JSON Lines record of input */
#define LIMIT_PICTURE (64 * MIB)         /* a picture as the newsroom has it */
#define LIMIT_PICTURE_SIDE 16384         /* pixels */
#define LIMIT_PICTURE_PIXELS (100ULL * 1000 * 1000)
#define LIMIT_TABLE_SPAN 100             /* colspan, rowspan */

/* Sizes that the publisher aims at. */
#define TARGET_BODY_BLOCK (64 * KIB)
#define TARGET_BUNDLE (1 * MIB)

#endif
