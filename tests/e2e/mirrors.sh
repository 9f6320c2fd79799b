# Mirrors that were made to hurt, out of real ones, and what a reader's library must look like after
# meeting them.  Sourced after lib.sh.
# shellcheck shell=sh disable=SC2154 # variables of lib.sh

# git as nobody in particular, for commits that mimeo did not make.
forger() { git -c user.name=mimeo -c user.email=mimeo@invalid -c commit.gpgsign=false "$@"; }

# older_mirror FROM TO BUNDLES: a clone as it was so many bundles ago.
older_mirror() {
    git clone -q "$1" "$2" && git -C "$2" reset -q --hard "main~$3"
}
# twin FROM TO: the publisher's directory, keys, journal and library carried away: publishing in both
# makes two histories of one publisher.
twin() {
    cp -R "$1" "$2" && cp -R "$1.library" "$2.library"
    for file in "$1".key*; do
        cp "$file" "$2.key${file#"$1".key}"
    done
}
# flip FILE OFFSET: one bit of one byte; a negative offset counts from the end.
flip() {
    python3 - "$1" "$2" <<'END'
import os
import sys
os.chmod(sys.argv[1], 0o644)
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    data[int(sys.argv[2])] ^= 1
    f.seek(0)
    f.write(data)
END
}
# forge FILE: of a signed text another one of good form: the promise a second off, or the name by a letter.
forge() {
    python3 - "$1" <<'END'
import os
import sys
os.chmod(sys.argv[1], 0o644)
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    at = data.find(b"Z\narchive ") - 1
    if at < 0:
        at = data.index(b"\nname ") + 6
    data[at] ^= 1
    f.seek(0)
    f.write(data)
END
}
# recommit DIR: what was changed in its work tree becomes what main shows, under the same message.
recommit() {
    git -C "$1" add -A && forger -C "$1" commit -q --amend -m "$(git -C "$1" log -1 --format=%s)"
}
# damaged_mirror FROM TO KIND: a clone whose tip has that fault.
damaged_mirror() {
    git clone -q "$1" "$2"
    newest=$(find "$2/bundles" -name '*.mimeo' | sort | tail -1)
    case $3 in
    bundle) flip "$newest" -10 ;;
    bundle-header) forge "$newest" ;;
    head) forge "$2/head" ;;
    charter) forge "$2/charter/000001" ;;
    missing) rm "$newest" ;;
    empty) : >"$newest" ;;
    readme) echo 'We have moved to http://elsewhere.example' >>"$2/README.md" ;;
    esac
    recommit "$2"
}
# truncated_mirror FROM TO: a bare repository, loose, with the newest bundle's object cut in the middle.
truncated_mirror() {
    git clone -q --bare --no-hardlinks "$1" "$2" && mkdir "$2.packs"
    mv "$2"/objects/pack/*.pack "$2.packs" 2>/dev/null
    rm -f "$2"/objects/pack/*
    for pack in "$2.packs"/*.pack; do
        [ ! -e "$pack" ] || git -C "$2" unpack-objects -q <"$pack"
    done
    id=$(git -C "$2" ls-tree -r main bundles | tail -1 | awk '{ print $3 }')
    object=$2/objects/$(printf '%s' "$id" | sed 's,^..,&/,')
    chmod u+w "$object"
    python3 -c 'import os, sys; os.truncate(sys.argv[1], os.path.getsize(sys.argv[1]) // 2)' "$object"
}
# with_entry FROM TO DIRECTORY MODE TYPE ID NAME: a bare repository whose tip has one entry more (or another)
# in DIRECTORY ("" for the root), which is named or not.
with_entry() {
    git clone -q --bare "$1" "$2"
    graft "$2" "$3" "$(printf '%s %s %s\t%s' "$4" "$5" "$6" "$7")"
    tip_is "$2" "$grafted"
}
# graft REPO DIRECTORY LINE: sets $grafted to the root tree with that line in that directory.
graft() {
    name=${3#*	}
    grafted=$({ git -C "$1" ls-tree "main:$2" | grep -v "	$name\$"; printf '%s\n' "$3"; } | git -C "$1" mktree --missing)
    at=$2
    while [ -n "$at" ]; do
        name=${at##*/}
        case $at in */*) at=${at%/*} ;; *) at= ;; esac
        grafted=$({ git -C "$1" ls-tree "main:$at" | grep -v "	$name\$"; printf '040000 tree %s\t%s\n' "$grafted" "$name"; } |
            git -C "$1" mktree --missing)
    done
}
tip_is() { # REPO TREE: a commit on top of main
    git -C "$1" update-ref refs/heads/main "$(forger -C "$1" commit-tree -p main -m 'bundle 9' "$2")"
}
# wide_mirror FROM TO DIRECTORY COUNT: a tree with so many entries there.
wide_mirror() {
    git clone -q --bare "$1" "$2"
    blob=$(echo wide | git -C "$2" hash-object -w --stdin)
    wide=$(awk -v n="$4" -v b="$blob" 'BEGIN { for (i = 0; i < n; i++) printf "100644 blob %s\t%07d.mimeo\n", b, i }' |
        git -C "$2" mktree --missing)
    parent=
    case $3 in */*) parent=${3%/*} ;; esac
    graft "$2" "$parent" "$(printf '040000 tree %s\t%s' "$wide" "${3##*/}")"
    tip_is "$2" "$grafted"
}
# deep_mirror FROM TO DEPTH: directories in directories, under a mirror's name.
deep_mirror() {
    git clone -q --bare "$1" "$2"
    {
        printf 'commit refs/heads/deep\ncommitter x <x@x> 0 +0000\ndata 0\nM 100644 inline '
        awk -v n="$3" 'BEGIN { for (i = 0; i < n; i++) printf "00/" }'
        printf '00.mimeo\ndata 4\ndeep\n'
    } | git -C "$2" fast-import --quiet
    deep=$(git -C "$2" rev-parse 'deep^{tree}')
    git -C "$2" update-ref -d refs/heads/deep
    graft "$2" '' "$(printf '040000 tree %s\tbundles' "$deep")"
    tip_is "$2" "$grafted"
}
# stranger DIR: a repository that is no mirror, with a branch main.
stranger() {
    git init -q -b main "$1"
    echo 'hello' >"$1/hello.c"
    git -C "$1" add . && forger -C "$1" commit -q -m 'a program'
}

# ---- what a library looks like ----

fresh_library() { rm -rf "$work/library" "$work/before.list"; }
# id_of DIR: the publisher's.
id_of() { "$MIMEO" --library "$1.library" head --json "$1" | jq -r .publisher; }
digits_of() { "$MIMEO" --library "$1.library" head --json "$1" | jq -r .digits; }
link_of() { "$MIMEO" -q --library "$1.library" head --link "$1"; }
# held DIR: where the library has that publisher.
held() { printf '%s/publishers/%s\n' "$work/library" "$(id_of "$1")"; }
# files DIR: what of a mirror is signed, with its bytes.
files() {
    (cd "$1" && find head charter bundles dict -type f 2>/dev/null | sort | while read -r file; do
        printf '%s %s\n' "$(b2sum -l 256 <"$file" | cut -c1-64)" "$file"
    done)
}
# holds_all_of WHAT DIR: the library has each signed file of that mirror, byte for byte.
holds_all_of() {
    checks=$((checks + 1))
    files "$2" >wanted
    files "$(held "$2")" >have 2>/dev/null
    cmp -s wanted have || {
        fault "$1: the library does not hold what '$2' has"
        diff wanted have | head -5 | sed 's/^/    /'
    }
}
# nothing_kept WHAT: no publisher, no bundle, no article.
nothing_kept() {
    checks=$((checks + 1))
    [ -z "$(find "$work/library/publishers" -type f 2>/dev/null)" ] || fault "$1: something was kept: $(find "$work/library/publishers" -type f | head -3)"
    [ -z "$(mimeo trust 2>/dev/null)" ] || fault "$1: somebody was pinned"
    [ -z "$(find "$work/library" -type l 2>/dev/null)" ] || fault "$1: a symbolic link is in the library"
}
# nothing_foreign WHAT DIR: what the library has of that publisher is, file for file, what DIR or `before` has; and
# no bundle of the last snapshot is gone.
nothing_foreign() {
    checks=$((checks + 1))
    { files "$2"; [ ! -d before ] || files before; } | sort -u >wanted
    # An update that was cut short leaves the header of an older bundle as head, and that is none of the mirror's files any more.
    files "$(held "$2")" | grep -v ' head$' | sort >have 2>/dev/null
    comm -13 wanted have >foreign
    [ ! -s foreign ] || fault "$1: the library has what was never published: $(head -3 foreign)"
    if [ -s "$work/before.list" ]; then
        sed -n 's,  publishers/[0-9a-f]*/, ,p' "$work/before.list" | grep bundles/ | cut -d' ' -f2 | sort >lost.before
        cut -d' ' -f2 have | sort | comm -23 lost.before - >lost
        [ ! -s lost ] || fault "$1: bundles are gone: $(head -3 lost)"
    fi
    [ -z "$(find "$work/library" -type l 2>/dev/null)" ] || fault "$1: a symbolic link is in the library"
}
# snapshot / unchanged WHAT: of what is held and whom is trusted, not of the cache or of health.
snapshot() { (cd "$work/library" && find publishers -type f -exec b2sum {} + | sort -k2) >"$work/before.list" 2>/dev/null; }
unchanged() {
    checks=$((checks + 1))
    (cd "$work/library" && find publishers -type f -exec b2sum {} + | sort -k2) >"$work/after.list" 2>/dev/null
    cmp -s "$work/before.list" "$work/after.list" || {
        fault "$1: what is held has changed"
        diff "$work/before.list" "$work/after.list" | head -5 | sed 's/^/    /'
    }
}
# status_in WHAT "STATUSES" COMMAND…: one of them, with words on it where it is not 0; out and err as in expect.
status_in() {
    doing=$1 wanted=$2
    shift 2
    checks=$((checks + 1))
    "$@" >out 2>err
    got=$?
    case " $wanted " in
    *" $got "*) ;;
    *)
        fault "$doing: status $got, none of '$wanted': $*"
        sed 's/^/    /' out err | head -20
        ;;
    esac
    [ "$got" -eq 0 ] || [ -s out ] || [ -s err ] || fault "$doing: status $got without a word"
}
