/*
 * Making a clean tree: for the cleaner only.  Those who read a tree use article/tree.h.
 */
#ifndef ARTICLE_TREE_BUILD_H
#define ARTICLE_TREE_BUILD_H

#include "article/tree.h"
#include "base/arena.h"

struct tree {
    struct arena arena; /* all nodes, attributes and characters */
    struct node root;
};

struct tree *tree_new(void); /* NULL on no memory */
/* A new last child of `parent`; NULL on no memory. */
struct node *tree_append(struct tree *t, struct node *parent, enum tag tag);
/* Put an attribute into a list at its place in the order; a name that is there already stays as
 * it is.  The bytes are copied. */
int tree_set_attribute(struct tree *t, struct attribute **list, enum attribute_name name,
                       struct view value);

/* TAG_TEXT where no element of ours has this (lower-case) name. */
enum tag tag_of_name(struct view name);
/* ATTR_COUNT where no attribute of ours has this (lower-case) name. */
enum attribute_name attribute_of_name(struct view name);
/* Which elements may have it? */
bool tag_takes_attribute(enum tag tag, enum attribute_name name);

#endif
