/*
 * libgit2, loaded at its first use (base/load.h): git_library_init of store/git_objects.h does it, and comes before every
 * other call but those that free, which may be given NULL at any time.
 *
 * What a reader would get wrong: with this header a function's name is a macro for its place in the table, so that code
 * reads as it always does.  A function that is new here needs its line in both lists.
 */
#ifndef STORE_GIT_CALLS_H
#define STORE_GIT_CALLS_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/refdb_backend.h>
#include <git2/sys/refs.h>
#include <git2/sys/repository.h>
#include <git2/sys/transport.h>

/* What frees, and what it takes. */
#define GIT_FREES(X) \
    X(git_blob_free, git_blob) X(git_commit_free, git_commit) X(git_config_free, git_config) \
    X(git_diff_free, git_diff) X(git_index_free, git_index) X(git_odb_free, git_odb) \
    X(git_odb_object_free, git_odb_object) X(git_packbuilder_free, git_packbuilder) X(git_refdb_free, git_refdb) \
    X(git_reference_free, git_reference) X(git_reference_iterator_free, git_reference_iterator) \
    X(git_remote_free, git_remote) X(git_repository_free, git_repository) X(git_revwalk_free, git_revwalk) \
    X(git_signature_free, git_signature) X(git_tree_entry_free, git_tree_entry) X(git_tree_free, git_tree)

/* The rest, each by its own name and type. */
#define GIT_CALLS(X) \
    X(git_blob_create_from_buffer) X(git_blob_lookup) X(git_blob_rawcontent) X(git_blob_rawsize) \
    X(git_commit_create) X(git_commit_dup) X(git_commit_id) X(git_commit_lookup) X(git_commit_message_raw) \
    X(git_commit_parent) X(git_commit_parentcount) X(git_commit_tree) \
    X(git_config_set_bool) X(git_config_set_int32) \
    X(git_diff_get_delta) X(git_diff_num_deltas) X(git_diff_tree_to_tree) \
    X(git_error_last) X(git_error_set_str) \
    X(git_fetch_options_init) \
    X(git_graph_descendant_of) \
    X(git_index_add) X(git_index_remove) X(git_index_write) \
    X(git_libgit2_init) X(git_libgit2_opts) \
    X(git_odb_add_backend) X(git_odb_backend_data_alloc) X(git_odb_backend_pack) X(git_odb_exists) \
    X(git_odb_init_backend) X(git_odb_new) X(git_odb_object_data) X(git_odb_object_size) X(git_odb_read) \
    X(git_odb_read_header) X(git_odb_refresh) \
    X(git_oid_equal) X(git_oid_fromstr) X(git_oid_is_zero) X(git_oid_tostr) \
    X(git_packbuilder_insert) X(git_packbuilder_insert_walk) X(git_packbuilder_name) X(git_packbuilder_new) \
    X(git_packbuilder_object_count) X(git_packbuilder_set_callbacks) X(git_packbuilder_write) \
    X(git_refdb_init_backend) X(git_refdb_new) X(git_refdb_set_backend) \
    X(git_reference__alloc) X(git_reference_create) X(git_reference_create_matching) \
    X(git_reference_iterator_glob_new) X(git_reference_name_to_id) X(git_reference_next_name) \
    X(git_reference_remove) \
    X(git_remote_connect_ext) X(git_remote_connect_options_init) X(git_remote_create_anonymous) \
    X(git_remote_create_detached) X(git_remote_download) X(git_remote_ls) \
    X(git_repository_config) X(git_repository_index) X(git_repository_init_ext) X(git_repository_init_options_init) \
    X(git_repository_is_bare) X(git_repository_odb) X(git_repository_open_bare) X(git_repository_open_ext) \
    X(git_repository_path) X(git_repository_set_odb) X(git_repository_set_refdb) \
    X(git_revwalk_hide) X(git_revwalk_new) X(git_revwalk_next) X(git_revwalk_push) \
    X(git_signature_new) \
    X(git_transport_smart) \
    X(git_tree_create_updated) X(git_tree_entry_bypath) X(git_tree_entry_id) X(git_tree_entry_name) \
    X(git_tree_entry_type) X(git_tree_lookup) X(git_tree_walk)

struct git_calls {
#define GIT_CALL(name) __typeof__(name) *name##_;
#define GIT_FREE(name, type) GIT_CALL(name)
    GIT_FREES(GIT_FREE)
    GIT_CALLS(GIT_CALL)
#undef GIT_FREE
#undef GIT_CALL
};
extern struct git_calls git_calls;

/* NULL, or what is missing. */
const char *git_calls_load(void);

#ifndef GIT_CALLS_PLAIN /* for the file that fills the table */
#define git_blob_create_from_buffer git_calls.git_blob_create_from_buffer_
#define git_blob_free git_calls.git_blob_free_
#define git_blob_lookup git_calls.git_blob_lookup_
#define git_blob_rawcontent git_calls.git_blob_rawcontent_
#define git_blob_rawsize git_calls.git_blob_rawsize_
#define git_commit_create git_calls.git_commit_create_
#define git_commit_dup git_calls.git_commit_dup_
#define git_commit_free git_calls.git_commit_free_
#define git_commit_id git_calls.git_commit_id_
#define git_commit_lookup git_calls.git_commit_lookup_
#define git_commit_message_raw git_calls.git_commit_message_raw_
#define git_commit_parent git_calls.git_commit_parent_
#define git_commit_parentcount git_calls.git_commit_parentcount_
#define git_commit_tree git_calls.git_commit_tree_
#define git_config_free git_calls.git_config_free_
#define git_config_set_bool git_calls.git_config_set_bool_
#define git_config_set_int32 git_calls.git_config_set_int32_
#define git_diff_free git_calls.git_diff_free_
#define git_diff_get_delta git_calls.git_diff_get_delta_
#define git_diff_num_deltas git_calls.git_diff_num_deltas_
#define git_diff_tree_to_tree git_calls.git_diff_tree_to_tree_
#define git_error_last git_calls.git_error_last_
#define git_error_set_str git_calls.git_error_set_str_
#define git_fetch_options_init git_calls.git_fetch_options_init_
#define git_graph_descendant_of git_calls.git_graph_descendant_of_
#define git_index_add git_calls.git_index_add_
#define git_index_free git_calls.git_index_free_
#define git_index_remove git_calls.git_index_remove_
#define git_index_write git_calls.git_index_write_
#define git_libgit2_init git_calls.git_libgit2_init_
#define git_libgit2_opts git_calls.git_libgit2_opts_
#define git_odb_add_backend git_calls.git_odb_add_backend_
#define git_odb_backend_data_alloc git_calls.git_odb_backend_data_alloc_
#define git_odb_backend_pack git_calls.git_odb_backend_pack_
#define git_odb_exists git_calls.git_odb_exists_
#define git_odb_free git_calls.git_odb_free_
#define git_odb_init_backend git_calls.git_odb_init_backend_
#define git_odb_new git_calls.git_odb_new_
#define git_odb_object_data git_calls.git_odb_object_data_
#define git_odb_object_free git_calls.git_odb_object_free_
#define git_odb_object_size git_calls.git_odb_object_size_
#define git_odb_read git_calls.git_odb_read_
#define git_odb_read_header git_calls.git_odb_read_header_
#define git_odb_refresh git_calls.git_odb_refresh_
#define git_oid_equal git_calls.git_oid_equal_
#define git_oid_fromstr git_calls.git_oid_fromstr_
#define git_oid_is_zero git_calls.git_oid_is_zero_
#define git_oid_tostr git_calls.git_oid_tostr_
#define git_packbuilder_free git_calls.git_packbuilder_free_
#define git_packbuilder_insert git_calls.git_packbuilder_insert_
#define git_packbuilder_insert_walk git_calls.git_packbuilder_insert_walk_
#define git_packbuilder_name git_calls.git_packbuilder_name_
#define git_packbuilder_new git_calls.git_packbuilder_new_
#define git_packbuilder_object_count git_calls.git_packbuilder_object_count_
#define git_packbuilder_set_callbacks git_calls.git_packbuilder_set_callbacks_
#define git_packbuilder_write git_calls.git_packbuilder_write_
#define git_refdb_free git_calls.git_refdb_free_
#define git_refdb_init_backend git_calls.git_refdb_init_backend_
#define git_refdb_new git_calls.git_refdb_new_
#define git_refdb_set_backend git_calls.git_refdb_set_backend_
#define git_reference__alloc git_calls.git_reference__alloc_
#define git_reference_create git_calls.git_reference_create_
#define git_reference_create_matching git_calls.git_reference_create_matching_
#define git_reference_free git_calls.git_reference_free_
#define git_reference_iterator_free git_calls.git_reference_iterator_free_
#define git_reference_iterator_glob_new git_calls.git_reference_iterator_glob_new_
#define git_reference_name_to_id git_calls.git_reference_name_to_id_
#define git_reference_next_name git_calls.git_reference_next_name_
#define git_reference_remove git_calls.git_reference_remove_
#define git_remote_connect_ext git_calls.git_remote_connect_ext_
#define git_remote_connect_options_init git_calls.git_remote_connect_options_init_
#define git_remote_create_anonymous git_calls.git_remote_create_anonymous_
#define git_remote_create_detached git_calls.git_remote_create_detached_
#define git_remote_download git_calls.git_remote_download_
#define git_remote_free git_calls.git_remote_free_
#define git_remote_ls git_calls.git_remote_ls_
#define git_repository_config git_calls.git_repository_config_
#define git_repository_free git_calls.git_repository_free_
#define git_repository_index git_calls.git_repository_index_
#define git_repository_init_ext git_calls.git_repository_init_ext_
#define git_repository_init_options_init git_calls.git_repository_init_options_init_
#define git_repository_is_bare git_calls.git_repository_is_bare_
#define git_repository_odb git_calls.git_repository_odb_
#define git_repository_open_bare git_calls.git_repository_open_bare_
#define git_repository_open_ext git_calls.git_repository_open_ext_
#define git_repository_path git_calls.git_repository_path_
#define git_repository_set_odb git_calls.git_repository_set_odb_
#define git_repository_set_refdb git_calls.git_repository_set_refdb_
#define git_revwalk_free git_calls.git_revwalk_free_
#define git_revwalk_hide git_calls.git_revwalk_hide_
#define git_revwalk_new git_calls.git_revwalk_new_
#define git_revwalk_next git_calls.git_revwalk_next_
#define git_revwalk_push git_calls.git_revwalk_push_
#define git_signature_free git_calls.git_signature_free_
#define git_signature_new git_calls.git_signature_new_
#define git_transport_smart git_calls.git_transport_smart_
#define git_tree_create_updated git_calls.git_tree_create_updated_
#define git_tree_entry_bypath git_calls.git_tree_entry_bypath_
#define git_tree_entry_free git_calls.git_tree_entry_free_
#define git_tree_entry_id git_calls.git_tree_entry_id_
#define git_tree_entry_name git_calls.git_tree_entry_name_
#define git_tree_entry_type git_calls.git_tree_entry_type_
#define git_tree_free git_calls.git_tree_free_
#define git_tree_lookup git_calls.git_tree_lookup_
#define git_tree_walk git_calls.git_tree_walk_
#endif

#endif
