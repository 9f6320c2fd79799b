/* The elements of all kinds of feeds that mean something here, in one table. */
#ifndef FEED_VOCABULARY_H
#define FEED_VOCABULARY_H

#include "base/bytes.h"

/* Namespaces.  SPACE_PLAIN: none, and those that RSS 0.9x, 1.0 and 2.0 were given. */
enum feed_space {
    SPACE_PLAIN,
    SPACE_ATOM,
    SPACE_RDF,
    SPACE_CONTENT,
    SPACE_DC,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_WP,
    SPACE_EXCERPT,
    SPACE_FEEDBURNER,
    SPACE_TOMBSTONE,
    SPACE_XHTML,
    SPACE_PRISM,
    SPACE_OTHER
};

/* What an element is, by its name and by what it stands in.  Behind FIELD_TEXTS: those whose text is taken. */
enum feed_field {
    FIELD_NONE, /* it and all in it is passed over */
    FIELD_DOCUMENT,
    FIELD_ROOT,
    FIELD_FEED,
    FIELD_ENTRY,
    FIELD_DELETED,
    FIELD_AUTHOR,
    FIELD_MEDIA_GROUP,
    FIELD_MEDIA_CONTENT,
    FIELD_IMAGE,
    FIELD_WP_META,
    FIELD_WP_AUTHOR,
    FIELD_WP_TERM,
    FIELD_ATOM_LINK,
    FIELD_ENCLOSURE,
    FIELD_MEDIA_THUMBNAIL,
    FIELD_TEXTS,
    FIELD_TITLE,
    FIELD_LINK,
    FIELD_ORIGINAL_LINK,
    FIELD_GUID,
    FIELD_PUBLISHED,
    FIELD_MODIFIED,
    FIELD_DATE,
    FIELD_CREATOR,
    FIELD_AUTHOR_NAME,
    FIELD_CATEGORY,
    FIELD_SECTION,
    FIELD_DESCRIPTION,
    FIELD_CONTENT,
    FIELD_XHTML,
    FIELD_LANGUAGE,
    FIELD_IMAGE_URL,
    FIELD_MEDIA_CAPTION,
    FIELD_MEDIA_CREDIT,
    FIELD_COMMENT,
    FIELD_EXCERPT,
    FIELD_WP_STATUS,
    FIELD_WP_TYPE,
    FIELD_WP_PASSWORD,
    FIELD_WP_ID,
    FIELD_WP_DATE,
    FIELD_WP_MODIFIED,
    FIELD_WP_FILE,
    FIELD_WP_META_KEY,
    FIELD_WP_META_VALUE,
    FIELD_WP_LOGIN,
    FIELD_WP_NAME,
    FIELD_WP_TERM_ID,
    FIELD_WP_TERM_NAME
};

enum feed_space space_of_uri(struct view uri);
/* What a prefix stands for where nobody declared it. */
enum feed_space space_of_prefix(struct view prefix);
enum feed_field field_of(enum feed_field parent, enum feed_space space, struct view local);

/* Fields whose text is markup: elements in them are the text's, and not the feed's. */
bool field_holds_markup(enum feed_field field);

#endif
