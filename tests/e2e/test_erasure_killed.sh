#!/bin/sh
# SIGKILL while an old mirror is asked, which still has what was erased: what was fetched and never judged is gone when the
# library is next at work, whatever it is then asked for, and what was good in it was taken.
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3 strace
strace -qq -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
word=kwyjibo
git() { command git -c fetch.unpackLimit=1 "$@"; } # a pack, as mimeo fetches
texts() { python3 "$MIMEO_SOURCE_DIR/tests/e2e/search_deep.py" "$word" "$@"; }

make_publisher press
for n in 1 2 3; do article "$n" | publish press - || fault "publishing $n"; done
printf '{"id":"witness","lang":"en","title":"Seen","body":"<p>Text with %s in it.</p>"}\n' "$word" | publish press --sensitive - ||
    fault 'publishing the witness'
git clone -q --bare press old.git
mimeo -q --library press.library retract -C press --key press.key --erase --yes witness >/dev/null 2>&1 || fault 'erasing'
article 4 | publish press - || fault 'publishing 4'
serve_http .

# Reader: has erased it, and asks the old mirror next.
expect 0 '' mimeo clone "$url/press" --expect "$(digits_of press)"
is 'before' "$(texts library)" ''
[ -n "$(texts old.git)" ] || fault 'the text is not looked for rightly'
mimeo mirrors remove "$(id_of press)" "$url/press" >/dev/null 2>&1 || fault 'mirrors remove'
mimeo mirrors add "$(id_of press)" "$url/old.git" >/dev/null 2>&1 || fault 'mirrors add'
cp -R library before.library
article 5 >five.jsonl
publish press five.jsonl || fault 'publishing 5'
cp -R press stick && rm -rf stick/.git

# ask WHAT: the library is asked for something else, and rid of the text.
ask() {
    case $1 in
    stick)
        mimeo mirrors remove "$(id_of press)" "$url/old.git" >/dev/null 2>&1
        expect 0 '' mimeo clone "$work/stick"
        expect 0 'Text of article 5' mimeo read a-5
        ;;
    nobody)
        mimeo mirrors remove "$(id_of press)" "$url/old.git" >/dev/null 2>&1
        mimeo mirrors add "$(id_of press)" http://127.0.0.1:9/nobody >/dev/null 2>&1
        expect 3 '' mimeo sync
        ;;
    pack) expect 0 '' mimeo import press/bundles/00/00/01.mimeo ;;
    esac
}
killed=0 left=0
for call in fsync renameat unlinkat rename; do
    n=0
    while n=$((n + 1)) && [ "$n" -le 12 ]; do
        rm -rf library && cp -R before.library library
        timeout 60 strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n "$MIMEO" sync >out 2>err
        [ $? -eq 137 ] || break
        killed=$((killed + 1))
        [ -z "$(texts library)" ] || left=$((left + 1))
        case $((killed % 3)) in 0) what=stick ;; 1) what=nobody ;; 2) what=pack ;; esac
        ask "$what"
        is "$call $n, then $what: files that have the text" "$(texts library)" ''
        expect 0 'erased by bundle' mimeo verify
    done
done
[ "$left" -ge 3 ] || fault "only $left of $killed kills came while the text was there"
printf '%d runs were killed, %d while the text was there\n' "$killed" "$left"

# A clone of it that was killed, in a library that knows better; and half a pack.
rm -rf library && cp -R before.library library
mkdir -p library/work/new-0000000000000001 && cp -R old.git library/work/new-0000000000000001/git
: >library/work/new-0000000000000001/lock
git -C old.git repack -q -a -d
cat old.git/objects/pack/*.pack >"library/work/$(id_of press)/git/objects/pack/pack_git2_abcdef"
[ -n "$(texts library)" ] || fault 'the text is not there'
ask nobody
is 'a killed clone and half a pack: files that have the text' "$(texts library)" ''

# What a killed run fetched and could not take is not fetched again: with nobody in reach it is taken all the same.
fresh_library
expect 0 '' mimeo clone "$url/old.git" --expect "$(digits_of press)"
mimeo mirrors add "$(id_of press)" "$url/press" >/dev/null 2>&1 || fault 'mirrors add'
mimeo mirrors remove "$(id_of press)" "$url/old.git" >/dev/null 2>&1 || fault 'mirrors remove'
git --git-dir="library/work/$(id_of press)/git" fetch -q --force "$work/press" main:main || fault 'fetching'
mimeo mirrors add "$(id_of press)" http://127.0.0.1:9/nobody >/dev/null 2>&1
mimeo mirrors remove "$(id_of press)" "$url/press" >/dev/null 2>&1
expect 3 'new bundles, 5.3 kB, which an earlier run fetched' mimeo sync
expect 0 'Text of article 5' mimeo read a-5
expect 0 'erased by bundle' mimeo verify
is 'taken late: files that have the text' "$(texts library)" ''
# And what is refused is thrown away.
git clone -q press junk && flip junk/bundles/00/00/02.mimeo -10 && printf '%s' "$word" >junk/README.md && recommit junk
git -C junk repack -q -a -d && cp junk/.git/objects/pack/pack-* "library/work/$(id_of press)/git/objects/pack/"
git -C junk rev-parse main >"library/work/$(id_of press)/git/refs/heads/main"
[ -n "$(texts library)" ] || fault 'the junk is not there'
expect 3 '' mimeo sync
expect 0 'erased by bundle' mimeo verify
is 'refused: files that have the text' "$(texts library)" ''
done_testing
