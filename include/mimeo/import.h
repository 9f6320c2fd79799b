/*
 * Taking into the library what was carried by hand: packs, parts of packs, mirrors, sticks.  No network is used.
 */
#ifndef MIMEO_IMPORT_H
#define MIMEO_IMPORT_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/gather.h>
#include <mimeo/sync.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of one publisher's packs, or of one mirror. */
struct mimeo_import_event {
    const char *publisher; /* ID; "" where it could not be told */
    const char *petname;
    const char *from;      /* the path, or "a.mimeo and 2 more" */
    bool pinned;           /* for the first time, now */
    enum mimeo_pin_state pin;
    enum mimeo_sync_outcome outcome;
    bool skipped;          /* nothing was looked at: not followed, or another than the one that was expected */
    int code;              /* 0, or what went wrong */
    const char *message;   /* why; "" for nothing */
    uint64_t bundles, articles, media, bytes; /* taken into the library */
    uint64_t uncited;      /* pictures of packs that were left out, since no article that is held cites them: they are damaged, or
                              their bundles are not here */
};
/* A part of an export that is lacking, or that is here and did not bring all that it should.  A hint: nobody signs it. */
struct mimeo_import_lack {
    const char *publisher, *petname;
    const char *set;       /* of the export: 32 hex digits */
    uint32_t part, of;
    bool here;
    const char *bundles;   /* that are lacking still: "41-43,50"; "" for none */
    uint64_t media;        /* pictures that are lacking */
    const char *ask;       /* bundles to ask for, so that all of it comes: "41-43,50"; "" where nobody can tell */
};
struct mimeo_import_options {
    const char *expect;    /* digits: only this publisher is taken, and its pin is verified by them */
    const char *petname;   /* of the one new publisher */
    bool known;            /* only publishers that are pinned already */
    bool no_media;
    struct mimeo_gather_options gather; /* its payload is its own */
    void (*event)(const struct mimeo_import_event *event, void *payload);
    void (*lack)(const struct mimeo_import_lack *lack, void *payload);
    /* An object that was refused, or a stretch of a file; after all copies of it were tried. */
    void (*fault)(const struct mimeo_fault *fault, const char *from, void *payload);
    void *payload;
};
struct mimeo_import_result {
    uint64_t publishers;   /* that something was taken of, or that had nothing new */
    uint64_t updated;
    uint64_t bundles, articles, media, bytes;
    uint64_t faults, refused, lacking; /* objects, paths, parts */
};
/* Each path is what mimeo_gather() takes.  Everything is verified before it is kept; what is damaged in one file is taken from
 * another that has it whole.  A publisher nobody knows is pinned at first use, unless `expect` or `known` say otherwise.  0 where
 * all was good; else the gravest code, after everything was tried: what could be taken was taken. */
MIMEO_API int mimeo_import(mimeo_ctx *ctx, const char *library, const char *const *paths, size_t count,
                           const struct mimeo_import_options *options, struct mimeo_import_result *result);

#ifdef __cplusplus
}
#endif
#endif
