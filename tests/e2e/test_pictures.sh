#!/bin/sh
# Pictures as they are published: made small and not, with what that saved; bad ones, each named, within bounds of time and
# memory; and a corpus of real ones where there is one (MIMEO_CORPUS, a directory with images/).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 jq
tool=$MIMEO_BUILD_DIR/tests/picture_tool
bad=$MIMEO_SOURCE_DIR/tests/e2e/bad_pictures.py
samples=$MIMEO_SOURCE_DIR/tests/fuzz/corpus/picture

make_publisher press
pub() { mimeo --library press.library publish -C press --key press.key "$@"; }
reading() { mimeo --library press.library read -C press --json "$@" 2>/dev/null; }

# no_trace FILE…: none of them says a word of metadata.
no_trace() {
    for file; do
        checks=$((checks + 1))
        if LC_ALL=C grep -qaE 'Exif|xpacket|ns\.adobe|ICC_PROFILE|Photoshop 3|8BIM|GPSL|SECRET' "$file"; then
            fault "metadata in $file"
        fi
    done
}

# ---- through publish, each way ----

mkdir in
"$tool" make jpeg 1600 1200 in/photo.jpg || fault 'the photograph'
"$tool" make png 1000 500 in/drawing.png || fault 'the drawing'
cp "$samples/laden.gif" "$samples/cmyk.jpg" in/
cat >in/story.md <<'END'
---
title: A story
---
The ferry is late.

![The ferry](photo.jpg)

![A chart](drawing.png)

![A thing that moves](laden.gif)

![Ink](cmyk.jpg)
END
before=$(cat in/photo.jpg in/drawing.png in/laden.gif in/cmyk.jpg | wc -c)
expect 0 '4 pictures, ' pub --images small in/story.md
expect 0 '"unchanged":1' pub --images small --json in/story.md
reading story >small.json
is 'the width of the photograph' "$(jq -r '.media[0].width' small.json)" 800
is 'its height' "$(jq -r '.media[0].height' small.json)" 600
is 'its type' "$(jq -r '.media[0].type' small.json)" image/webp
# shellcheck disable=SC2046 # names without blanks
no_trace $(find press/media -type f)
pub --images small --image-width 320 --image-quality 30 --json in/story.md >out 2>err
tail -n 1 out >summary
is 'revised by another width' "$(jq .revised summary)" 1
is 'what the pictures were' "$(jq '.picture_input_bytes <= '"$before" summary)" true
is 'what they became is less' "$(jq '.picture_bytes < .picture_input_bytes / 4' summary)" true
is 'the new width' "$(reading story | jq -r '.media[0].width')" 320
expect 0 '"revised":1' pub --json in/story.md
is 'as it is' "$(reading story | jq -r '.media[0] | "\(.width) \(.type)"')" '1600 image/jpeg'
expect 0 '"pictures":0' pub --images none --json in/story.md
is 'none' "$(reading story | jq '.media | length')" 0

expect 2 'wants full, small or none' pub --images tiny in/story.md
expect 2 'belong to --images small' pub --image-width 640 in/story.md
expect 2 'image-width' pub --images small --image-width 8 in/story.md
expect 2 'image-quality' pub --images small --image-quality 101 in/story.md
expect 2 'give one of them' pub --images small --no-pictures in/story.md

# ---- bad ones: one article with all of them ----

mkdir bad
python3 "$bad" make bad "$MIMEO_SOURCE_DIR" || fault 'the bad pictures'
{ printf -- '---\ntitle: Bad pictures\n---\nText.\n\n'; (cd bad && for f in *; do printf '![x](%s)\n\n' "$f"; done); } >bad/bad.md
for way in full small; do
    checks=$((checks + 1))
    if ! python3 "$bad" run 90 320 "$MIMEO" --library press.library publish -v -C press --key press.key --dry-run --images "$way" bad/bad.md >out 2>err; then
        fault "$way: the bad pictures ended with an error, or took too long or too much: $(tail -n 1 out)"
        tail -n 3 err
    fi
done
(cd bad && ls) | while IFS= read -r name; do
    words=$(printf '%s' "${name%%~*}" | tr - ' ')
    case $name in
    bad.md) ;;
    taken~*) ! grep -F "'$name' left out" err || echo "FAULT: $name was left out" ;;
    *) grep -F "'$name' left out" err | grep -qF "$words" || echo "FAULT: $name: $(grep -F "'$name'" err || echo taken)" ;;
    esac
done >found
checks=$((checks + $(find bad -type f | wc -l)))
if [ -s found ]; then
    cat found
    faults=$((faults + $(grep -c FAULT found)))
fi

mkdir still
expect 0 'image/webp 800x800 encoded lost 0' "$tool" small 800 60 still bad/taken~few-pixels-once.gif # it does not move
expect 0 'image/webp 800x800 encoded lost 1' "$tool" small 800 60 still bad/taken~large-pair.gif

# ---- real ones ----

if [ -n "${MIMEO_CORPUS:-}" ] && [ -f "$MIMEO_CORPUS/images/manifest.jsonl" ]; then
    mkdir small full
    find "$MIMEO_CORPUS/images" -type f ! -name '*.md' ! -name '*.jsonl' | sort >names
    xargs "$tool" full full <names >full.txt || fault "not all could be cleaned: $(grep -v ' lost ' full.txt)"
    xargs "$tool" small 500 60 small <names >small.txt || fault "not all could be made small: $(grep -v ' lost ' small.txt)"
    no_trace full/* small/*
    is 'as many as there are' "$(wc -l <small.txt)" "$(wc -l <names)"
    checks=$((checks + 1))
    # The size as shown is the manifest's, or what 500 pixels of width make of it.
    jq -r '[.file, .width, .height] | @tsv' "$MIMEO_CORPUS/images/manifest.jsonl" | sort >truth
    sed 's|^.*/\([^ /]* \)|\1|' small.txt | awk '{ split($5 == "encoded" || $5 == "kept" ? $4 : $5, s, "x"); print $1 "\t" s[1] "\t" s[2] "\t" $0 }' |
        sort | join -t "$(printf '\t')" truth - |
        awk -F '\t' '{ w = $2; h = $3; if (w > 500) { h = int(h * 500 / w + 0.5); w = 500; if (h < 1) h = 1 }
                       if (($4 != w || $5 != h) && $6 !~ / kept /) print }' >wrong
    [ ! -s wrong ] || { fault 'of another size than they should be' && head -5 wrong; }
    : >poor
    while read -r from _ _ _ _ how _; do
        case $from in */anim.gif) continue ;; esac
        name=${from##*/}
        [ "$how" = encoded ] || continue
        checks=$((checks + 1))
        db=$("$tool" psnr "$from" "small/$name")
        awk -v db="$db" 'BEGIN { exit !(db + 0 < 25) }' && printf '%s %s\n' "$db" "$name" >>poor
    done <small.txt
    [ ! -s poor ] || { fault 'these do not look like what they were (dB)' && cat poor; }
    awk '{ before += $2; after += $3 } END { printf "corpus: %d pictures, %d kB became %d kB\n", NR, before / 1000, after / 1000 }' small.txt
fi
done_testing
