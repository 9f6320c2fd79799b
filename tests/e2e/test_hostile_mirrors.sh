#!/bin/sh
# Mirrors that were made to hurt, as a reader has them on the disk: each is told as what it is, in time.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git python3

make_publisher press
article 1 | publish press -
article 2 | publish press -
article 3 | publish press -
pin press
git clone -q press copy
expect 0 'good: verified' mimeo verify copy

# told NAME "STATUSES" WORDS
told() {
    status_in "$1" "$2" mimeo verify "$1"
    cat out err | grep -qi -e "$3" || {
        fault "$1: nothing about '$3'"
        sed 's/^/    /' out err | head -5
    }
}
older_mirror press older 2
told older 7 'rollback'
twin press double
article 4 | publish press -
article 4 'Another' | publish double -
mimeo verify press >/dev/null 2>&1
told double 7 'another history'
rm -rf "$MIMEO_LIBRARY" # the proof that is kept would be told of every copy
pin press
make_publisher other
told other 5 'unknown'
for kind in bundle bundle-header head charter missing empty readme; do
    damaged_mirror press "damaged-$kind" "$kind"
done
told damaged-bundle 4 'damaged'
told damaged-bundle-header 4 'forged'
told damaged-head 4 'head'
told damaged-charter 4 'charter'
told damaged-missing 8 'incomplete'
told damaged-empty '4 10' 'bundles/00/00/05'
told damaged-readme 4 'README'
truncated_mirror press truncated.git
told truncated.git '1 4 8 10' 'bundles/00/00/05'

blob=$(printf /etc/passwd | git -C press hash-object -w --stdin)
with_entry press link.git bundles/00/00 120000 blob "$blob" 05.mimeo
told link.git '4 8 10' 'symbolic link'
with_entry press link-head.git '' 120000 blob "$blob" head
told link-head.git '4 8 10' 'head'
with_entry press module.git '' 160000 commit "$(git -C press rev-parse main)" bundles
told module.git '4 8 10' 'submodule'
with_entry press tree-head.git '' 040000 tree "$(git -C press rev-parse main:charter)" head
told tree-head.git '4 8 10' 'head'
deep_mirror press deep.git 2000
told deep.git '4 8 10' 'incomplete'
wide_mirror press wide.git bundles/00/00 1000000
told wide.git '4 8 10' ''
wide_mirror press wide-root.git charter 1000000
told wide-root.git '4 8 10' ''
stranger stranger
told stranger '1 8 10' 'no charter'
done_testing
