#!/bin/sh
# Layers: base < net < trust < bundle < article < picture < extract < feed < archive < import < store < library < sync < web < cli.
#
#     sh tests/layers/check_layers.sh SOURCE_DIR
#
# A file includes its own layer or a lower one, by "layer/file.h"; cli (and web) see nothing of
# mimeo but <mimeo/...> (mirror/web/core sees all: it is compiled to WebAssembly with them); a third-party library stays in the layer that wraps it.  Before judging
# the sources the check proves on planted faults that it finds them: a check that cannot fail
# would say nothing.
set -eu

root=${1:?usage: check_layers.sh SOURCE_DIR}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints one line a fault: FILE:LINE: what.  Reads no symbolic links.
faults() { # DIRECTORY holding mirror/
    (cd "$1" && find mirror -type f \( -name '*.c' -o -name '*.h' \) -print | sort) >"$work/files"
    # shellcheck disable=SC2016 # that is awk
    (cd "$1" && xargs awk '
    BEGIN {
        n = split("base net trust bundle article picture extract feed archive import store library sync web cli", order, " ")
        for (i = 1; i <= n; i++) rank[order[i]] = i
        keeper["sodium.h"] = "base trust"
        keeper["curl/curl.h"] = "net"
        keeper["zlib.h"] = "bundle picture archive store" # picture: PNG is made of it; archive: gzip; store: git objects
        keeper["brotli/decode.h"] = "archive"
        keeper["lzma.h"] = "archive"
        keeper["md5.h"] = "archive"
        keeper["zstd.h"] = "archive"
        keeper["libdeflate.h"] = "bundle"
        keeper["gumbo.h"] = "article"
        keeper["utf8proc.h"] = "article extract feed import"
        keeper["jansson.h"] = "extract import"
        keeper["uchardet/uchardet.h"] = "extract"
        keeper["md4c.h"] = "import"
        keeper["md4c-html.h"] = "import"
        keeper["yaml.h"] = "import"
        keeper["turbojpeg.h"] = "picture"
        keeper["png.h"] = "picture"
        keeper["webp/decode.h"] = "picture"
        keeper["webp/encode.h"] = "picture"
        keeper["webp/demux.h"] = "picture"
        keeper["webp/mux.h"] = "picture"
        keeper["avif/avif.h"] = "picture"
        keeper["git2.h"] = "store sync"
        keeper["sqlite3.h"] = "library"
        keeper["qrencode.h"] = "trust"
    }
    function fault(words) { printf "%s:%d: %s\n", FILENAME, FNR, words }
    FNR == 1 {
        split(FILENAME, part, "/")
        layer = part[2]
        if (!(layer in rank)) fault("is in no layer that is known: " layer)
        core = FILENAME ~ /^mirror\/web\/core\// # compiled with the layers below it, not against them
        front = (layer == "cli" || layer == "web") && !core
    }
    /^[ \t]*#[ \t]*include[ \t]/ && (layer in rank) {
        line = $0
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
        own = substr(line, 1, 1) == "\""
        name = line
        sub(/^["<]/, "", name)
        sub(/[">].*$/, "", name)
        top = name
        slash = sub(/\/.*$/, "", top)
        if (top == "git2") name = "git2.h" # git2/sys/... too
        if (name ~ /(^|\/)\.\.?(\/|$)/ || name ~ /^\//) {
            fault("includes by a path that walks: " name)
        } else if (slash && (top in rank)) {
            if (front && top != layer)
                fault(layer " includes " name ": it sees only <mimeo/...>")
            else if (rank[top] > rank[layer])
                fault(layer " includes " name ", which is above it")
        } else if (own && top == "mimeo") {
            fault("write <" name ">")
        } else if (own && !front && !core) {
            fault("includes " name ": write it as \"layer/file.h\"")
        } else if (own && slash) {
            fault("includes " name ", which is none of its own")
        } else if (name in keeper && !core && index(" " keeper[name] " ", " " layer " ") == 0) {
            fault(layer " includes <" name ">, which stays in " keeper[name])
        }
    }' <"$work/files")
}

# plant NAME EXPECTED LAYER/FILE INCLUDE: with this line there must be this many faults.
plant() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/mirror/${3%/*}"
    printf '/* planted */\n#include %s\n' "$4" >"$work/tree/mirror/$3"
    faults "$work/tree" >"$work/planted"
    found=$(wc -l <"$work/planted")
    if [ "$found" -ne "$2" ]; then
        printf 'check_layers: the check itself is broken: %s: %d faults, not %d\n' "$1" "$found" "$2"
        exit 1
    fi
}

plant 'upward' 1 base/a.c '"trust/note.h"'
plant 'upward from a header' 1 store/a.h '"library/mirror.h"'
plant 'upward in angle brackets' 1 trust/a.c '<bundle/record.h>'
plant 'upward with odd spacing' 1 bundle/a.c ' "article/clean.h" /* why */'
plant 'a path that walks' 1 trust/a.c '"../library/mirror.h"'
plant 'cli past the public headers' 1 cli/a.c '"base/bytes.h"'
plant 'cli around the public headers' 1 cli/a.c '"../base/bytes.h"'
plant 'no layer named' 1 library/a.c '"mirror.h"'
plant 'a layer nobody knows' 1 odds/a.c '<stdio.h>'
plant 'a library out of its layer' 1 article/a.c '<git2.h>'
plant 'a part of a library out of its layer' 1 net/a.c '<git2/sys/transport.h>'
plant 'public headers' 0 cli/a.c '<mimeo/mimeo.h>'
plant "cli's own header" 0 cli/a.c '"options.h"'
plant 'its own layer' 0 trust/a.c '"trust/note.h"'
plant 'downward' 0 library/a.c '"base/bytes.h"'
plant 'a public header below' 0 base/a.c '<mimeo/error.h>'
plant 'a system header' 0 sync/a.c '<sys/stat.h>'

faults "$root" >"$work/found"
if [ -s "$work/found" ]; then
    cat "$work/found"
    printf 'check_layers: %d includes go the wrong way\n' "$(wc -l <"$work/found")"
    exit 1
fi
[ -s "$work/files" ] || { printf 'check_layers: no sources below %s\n' "$root/mirror"; exit 1; }
printf 'check_layers: %d files, each includes its own layer or lower\n' "$(wc -l <"$work/files")"
