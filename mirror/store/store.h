/*
 * A store: the named files of one mirror (FORMAT.md section 8), wherever they are: a
 * directory or a git work tree, a bare repository, a pack file.  It hands out bytes and
 * believes nothing: the layers above verify.
 *
 * Names are those of section 8 ("bundles/00/01/23.mimeo").  Symlinks, submodules, devices and
 * names of another form are never opened; store_each_stray reports them.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/file.h"
#include "bundle/object.h"
#include "bundle/part.h"
#include "trust/hash.h"

struct store;

enum store_kind { STORE_DIRECTORY, STORE_GIT_WORKTREE, STORE_GIT_BARE, STORE_PACK };

/* Open what `path` is: a `.mimeo` file or any file beginning with our magic (pack), a bare repository, a
 * directory with a mirror's files (a git work tree included).  `trusted`: our own library or the
 * publisher's own directory (files may be mapped).  MIMEO_ENOTFOUND, MIMEO_EMALFORMED says what it
 * found instead (an empty directory, a zip, a repository without branch main …).  A file that looks random may be an
 * encrypted pack, which is tried with the context's passphrase: MIMEO_EPASSPHRASE. */
int store_open(struct store **out, mimeo_ctx *ctx, const char *path, bool trusted);
/* Does a directory have a mirror's files, or is it a git repository?  And is it a bare one? */
bool store_is_mirror(const char *path);
bool store_is_bare(const char *path);
/* A bare repository of which only the newest objects are held, over a directory with the rest: what git names and
 * does not hold is read from the directory by name.  Whether it is the right thing shows as always: by verifying. */
int store_open_git_over(struct store **out, mimeo_ctx *ctx, const char *git_dir, const char *directory);
/* A carrier made elsewhere (mirror/web/core); takes it, on failure too. */
struct backend;
int store_of_backend(struct store **out, mimeo_ctx *ctx, struct backend *files, const char *label);
void store_close(struct store *s);
enum store_kind store_kind(const struct store *s);
/* Of packs: how many of the files that are read together are encrypted. */
enum store_sealed { STORE_SEALED_NONE, STORE_SEALED_SOME, STORE_SEALED_ALL };
enum store_sealed store_sealed(const struct store *s);
const char *store_path(const struct store *s); /* of packs together: "a.mimeo and 2 more" */
/* May several threads get objects at once?  (Not from git.) */
bool store_is_concurrent(const struct store *s);

/* Bytes of one object, released by store_release. */
struct stored {
    struct view view;
    void *owner[2];
    /* NULL: all bytes are there.  Else what of a bundle was not read yet stands as zeros, and this brings it. */
    int (*fill)(struct stored *s, mimeo_ctx *ctx, uint64_t offset, size_t len);
};
void store_release(struct stored *o);

/* MIMEO_ENOTFOUND where the store has none; over its cap MIMEO_EMALFORMED.  From a pack the prefix is
 * taken off charters, head, dictionaries and media, so all stores give the same bytes.  Bundles keep it. */
int store_get_head(struct stored *out, struct store *s, mimeo_ctx *ctx); /* pack: highest seq's bare header, or none */
int store_get_charter(struct stored *out, struct store *s, mimeo_ctx *ctx, uint32_t version);
int store_get_bundle(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq);
int store_get_dictionary(struct stored *out, struct store *s, mimeo_ctx *ctx, const struct hash *h);
/* `seq`: of the first bundle that cites it; 0: look everywhere. */
int store_get_media(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq,
                    const struct hash *h);
/* README.md and .gitattributes; not in packs. */
int store_get_text(struct stored *out, struct store *s, mimeo_ctx *ctx, const char *name);
/* Packs: the bare headers.  Their seqs, ascending, each once, in a fresh array (free it; elsewhere there are none); and the
 * n-th (from 0) note that claims to be of that seq: which one is, if any, the links of others say. */
int store_list_headers(uint64_t **seqs, size_t *count, struct store *s, mimeo_ctx *ctx);
int store_get_header(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq, size_t n);
/* Just the front of a bundle (prefix and header note): cheap where files are seekable. */
int store_get_bundle_front(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq);

/* The seqs held, ascending, in a fresh array (free it); sizes in bytes alongside where sizes != NULL. */
int store_list_bundles(uint64_t **seqs, size_t *count, struct store *s, mimeo_ctx *ctx);
/* Number of charter versions held (1..n; a gap ends the count, `beyond` tells that there are more). */
int store_count_charters(uint32_t *count, bool *beyond, struct store *s, mimeo_ctx *ctx);
/* Each media file held: fn(seq, hash, payload); of a directory by rising seq. */
int store_each_media(struct store *s, mimeo_ctx *ctx,
                     int (*fn)(uint64_t seq, const struct hash *h, void *payload), void *payload);
/* A pack's media by number, so that whoever works through them needs no list of its own: how many there are (call it first),
 * the hash of one and whether it is listed with this store, and the number of a hash (MIMEO_ENOTFOUND, with no message). */
int store_pack_media(size_t *count, struct store *s, mimeo_ctx *ctx);
const struct hash *store_pack_picture(const struct store *s, size_t n, bool *listed);
int store_pack_find(size_t *n, const struct store *s, const struct hash *h);
/* Each list of parts in a pack (a hint, FORMAT.md section 4), in the order of the pack; what is none that could be read
 * is passed over.  The part is lent until fn returns. */
int store_each_part(struct store *s, mimeo_ctx *ctx, int (*fn)(const struct part *p, void *payload), void *payload);
/* The same with what is there of this part: a number that only it has, and how many media objects. */
struct part_here {
    uint64_t place;
    uint64_t media;
};
int store_each_part_here(struct store *s, mimeo_ctx *ctx,
                         int (*fn)(const struct part *p, const struct part_here *here, void *payload), void *payload);
/* The place of the part that medium n of the pack came in: 1; 0 where it came in none. */
int store_pack_part(uint64_t *place, const struct store *s, size_t n);
/* What has no place in a mirror: in a directory or in git what the layer never opens (a link, another name:
 * code 0); in a pack what was lost (a damaged stretch, a second copy with other bytes: MIMEO_EFORGED; an object
 * of an unknown kind: MIMEO_ENEWER). .git is no stray. */
struct stray {
    int code;
    const char *words;
};
int store_each_stray(struct store *s, mimeo_ctx *ctx,
                     int (*fn)(const char *name, const struct stray *stray, void *payload), void *payload);
/* A further object of a name that a pack has already, with other bytes: where the stray is this very one, the n-th
 * for that name (from 0) can be had; a bundle's first bytes, as of store_get_bundle_front.  MIMEO_ENOTFOUND. */
extern const struct stray stray_second_copy;
int store_get_copy(struct stored *out, struct store *s, mimeo_ctx *ctx, const char *name, size_t n);

/* ---- packs together ---- */

/* Files that are packs, read as one, as `cat` would make them, but for one thing: what each publisher has in them is a store
 * of its own.  The order of the files does not matter, nor which file has what.
 *
 *     packs_new, packs_add …, packs_index; packs_publisher n = 0 …; packs_store n; packs_free
 */
struct packs;
int packs_new(struct packs **out, mimeo_ctx *ctx);
/* The stores may live on. */
void packs_free(struct packs *p);
/* A file that was named: MIMEO_EMALFORMED where it is something else, in words; MIMEO_EPASSPHRASE where it may be an
 * encrypted pack, and there is no passphrase, or not this one. */
int packs_add(struct packs *p, mimeo_ctx *ctx, const char *path);
/* A file that was found: PACKS_NONE where it is something else.  What may be an encrypted pack is tried where `sealed` is set,
 * and is else PACKS_SEALED. */
enum { PACKS_NONE, PACKS_SEALED, PACKS_ADDED };
int packs_add_found(struct packs *p, mimeo_ctx *ctx, const char *path, bool sealed);
size_t packs_files(const struct packs *p);
/* After the last file. */
int packs_index(struct packs *p, mimeo_ctx *ctx);
/* Whom the notes name, in the order of the files (a claim, nothing is checked); NULL past the last. */
const struct hash *packs_publisher(const struct packs *p, size_t n);
/* What the n-th of them has; where there is none and n is 0, what is nobody's.  `copy`: of a bundle of which there are several
 * with different bytes, the copy-th further one, or the last. */
int packs_store(struct store **out, mimeo_ctx *ctx, const struct packs *p, size_t n, size_t copy);
/* The most further ones that a bundle of the n-th has. */
size_t packs_copies(const struct packs *p, size_t n);

/* Names of section 8. `out` is at least STORE_NAME_MAX. */
#define STORE_NAME_MAX 160
/* What file systems and desktops put at the top of an empty stick by themselves, "lost+found" above all: it is nobody's,
 * neither of a mirror nor in its way. */
bool store_name_is_furniture(const char *entry);
void store_name_bundle(char *out, uint64_t seq);
void store_name_charter(char *out, uint32_t version);
void store_name_dictionary(char *out, const struct hash *h);
void store_name_media(char *out, uint64_t seq, const struct hash *h);
bool store_parse_bundle_name(const char *name, uint64_t *seq);

#endif
