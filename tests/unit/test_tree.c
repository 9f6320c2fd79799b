/* The clean tree: article/tree.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/tree_build.h"
#include "base/limits.h"

static struct node *add_text(struct tree *t, struct node *parent, const char *text)
{
    struct node *n = tree_append(t, parent, TAG_TEXT);
    assert_non_null(n);
    n->text = view_of_str(text);
    return n;
}

/* <p>a<b>c</b><br></p><hr> */
static struct tree *sample(void)
{
    struct tree *t = tree_new();
    assert_non_null(t);
    struct node *p = tree_append(t, tree_root(t), TAG_P);
    add_text(t, p, "a");
    add_text(t, tree_append(t, p, TAG_B), "c");
    tree_append(t, p, TAG_BR);
    tree_append(t, tree_root(t), TAG_HR);
    return t;
}

static void expect_write(const struct tree *t, const char *expected)
{
    struct buf out;
    buf_init(&out, KIB);
    assert_int_equal(tree_write(&out, t), 0);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static void every_element_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int tag = TAG_A; tag < TAG_COUNT; tag++) {
        const char *name = tag_name((enum tag)tag);
        assert_true(name[0] != 0);
        assert_int_equal(tag_of_name(view_of_str(name)), tag);
    }
    assert_string_equal(tag_name(TAG_TEXT), "");
    assert_string_equal(tag_name(TAG_ROOT), "");
    assert_int_equal(tag_of_name(view_of_str("script")), TAG_TEXT);
    assert_int_equal(tag_of_name(view_of_str("")), TAG_TEXT);
    for (int name = 0; name < ATTR_COUNT; name++)
        assert_int_equal(attribute_of_name(view_of_str(attribute_name_str((enum attribute_name)name))),
                         name);
    assert_int_equal(attribute_of_name(view_of_str("onclick")), ATTR_COUNT);
}

static void walks_in_document_order_in_and_out(void **state)
{
    (void)state;
    static const struct {
        enum tag tag;
        bool entering;
    } steps[] = {
        {TAG_P, true}, {TAG_TEXT, true}, {TAG_B, true}, {TAG_TEXT, true}, {TAG_B, false},
        {TAG_BR, true}, {TAG_BR, false}, {TAG_P, false}, {TAG_HR, true}, {TAG_HR, false},
    };
    struct tree *t = sample();
    const struct node *root = tree_root(t), *n = root;
    bool entering = true;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_true(tree_walk(root, &n, &entering));
        assert_int_equal(n->tag, steps[i].tag);
        assert_int_equal(entering, steps[i].entering);
    }
    assert_false(tree_walk(root, &n, &entering));
    tree_free(t);
}

static void a_walk_stays_below_its_top(void **state)
{
    (void)state;
    struct tree *t = sample();
    const struct node *p = tree_root(t)->first_child, *n = p;
    bool entering = true;
    size_t steps = 0;
    while (tree_walk(p, &n, &entering)) {
        assert_ptr_not_equal(n, p);
        steps++;
    }
    assert_int_equal(steps, 6);
    n = p->first_child;
    entering = true;
    assert_false(tree_walk(p->first_child, &n, &entering));
    tree_free(t);
}

static void a_walk_goes_past_what_the_caller_asks_to_skip(void **state)
{
    (void)state;
    struct tree *t = sample();
    const struct node *root = tree_root(t), *n = root;
    bool entering = true;
    assert_true(tree_walk(root, &n, &entering));
    assert_int_equal(n->tag, TAG_P);
    entering = false;
    assert_true(tree_walk(root, &n, &entering));
    assert_int_equal(n->tag, TAG_HR);
    assert_true(entering);
    entering = false;
    assert_false(tree_walk(root, &n, &entering));
    tree_free(t);
}

static void writes_escaped_html(void **state)
{
    (void)state;
    struct tree *t = sample();
    expect_write(t, "<p>a<b>c</b><br></p><hr>");
    struct node *a = tree_append(t, tree_root(t), TAG_A);
    assert_int_equal(tree_set_attribute(t, &a->attributes, ATTR_HREF, view_of_str("x\"<>&\xC2\xA0")), 0);
    add_text(t, a, "y\"<>&\xC2\xA0\xC2\xA1\xC2");
    expect_write(t, "<p>a<b>c</b><br></p><hr><a href=\"x&quot;&lt;&gt;&amp;&nbsp;\">"
                    "y&quot;&lt;&gt;&amp;&nbsp;\xC2\xA1\xC2</a>");
    tree_free(t);
}

static void writes_the_line_end_that_pre_loses_twice(void **state)
{
    (void)state;
    struct tree *t = tree_new();
    add_text(t, tree_append(t, tree_root(t), TAG_PRE), "\na");
    add_text(t, tree_append(t, tree_append(t, tree_root(t), TAG_PRE), TAG_B), "\nb");
    expect_write(t, "<pre>\n\na</pre><pre><b>\nb</b></pre>");
    tree_free(t);
}

static void attributes_are_in_order_and_the_first_value_stays(void **state)
{
    (void)state;
    struct tree *t = tree_new();
    struct node *img = tree_append(t, tree_root(t), TAG_IMG);
    assert_int_equal(tree_set_attribute(t, &img->attributes, ATTR_WIDTH, view_of_str("3")), 0);
    assert_int_equal(tree_set_attribute(t, &img->attributes, ATTR_LANG, view_of_str("fr")), 0);
    assert_int_equal(tree_set_attribute(t, &img->attributes, ATTR_ALT, view_of_str("")), 0);
    assert_int_equal(tree_set_attribute(t, &img->attributes, ATTR_WIDTH, view_of_str("4")), 0);
    expect_write(t, "<img lang=\"fr\" alt=\"\" width=\"3\">");
    assert_true(view_equal_str(*node_attribute(img, ATTR_WIDTH), "3"));
    assert_null(node_attribute(img, ATTR_SRC));
    assert_null(node_attribute(img, ATTR_HEIGHT));
    tree_free(t);
}

static void writing_past_the_maximum_fails(void **state)
{
    (void)state;
    struct tree *t = sample();
    struct buf out;
    buf_init(&out, 5);
    assert_int_equal(tree_write(&out, t), MIMEO_EMALFORMED);
    buf_dispose(&out);
    tree_free(t);
    tree_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_has_a_name_of_its_own),
        cmocka_unit_test(walks_in_document_order_in_and_out),
        cmocka_unit_test(a_walk_stays_below_its_top),
        cmocka_unit_test(a_walk_goes_past_what_the_caller_asks_to_skip),
        cmocka_unit_test(writes_escaped_html),
        cmocka_unit_test(writes_the_line_end_that_pre_loses_twice),
        cmocka_unit_test(attributes_are_in_order_and_the_first_value_stays),
        cmocka_unit_test(writing_past_the_maximum_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
