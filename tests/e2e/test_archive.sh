#!/bin/sh
# Web archives as a layer, through tests/archive_tool: what a corpus holds (MIMEO_CORPUS, where it is set), that bombs and the
# like end soon and in little memory, and that memory does not grow with an archive of 4 GB.
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"

look=$MIMEO_BUILD_DIR/tests/archive_tool
[ -x "$look" ] || skip 'archive_tool is not built'
need python3 timeout
checks_py=$MIMEO_SOURCE_DIR/tests/e2e/archive_checks.py

# ends SECONDS KIB WORDS FILE: the tool ends by itself, within this memory, and says the words.
ends() {
    checks=$((checks + 1))
    timeout "$1" "$look" "$4" >out 2>err
    status=$?
    peak=$(sed -n 's/^peak //p' err)
    [ "$status" -lt 100 ] || fault "$4 takes more than $1 seconds, or crashes: status $status"
    sanitized || [ "${peak:-0}" -le "$2" ] || fault "$4 takes $peak KiB"
    grep -q -e "$3" out err || fault "$4 does not say: $3"
}
# Under AddressSanitizer memory says nothing.
sanitized() {
    grep -q __asan_init "$look"
}

if [ -d "${MIMEO_CORPUS:-/nonexistent}" ]; then
    checks=$((checks + 1))
    python3 "$checks_py" truth "$look" "$MIMEO_CORPUS" || fault 'the corpus has pages or pictures that are not found'
fi

python3 "$MIMEO_SOURCE_DIR/tests/tools/archive_samples.py" samples --large
limit=98304 # 64 MiB are the largest body that is asked for
ends 600 $limit 'page 200 104.*/good' samples/warc/bomb-record.warc.gz
ends 600 $limit 'unpacks to more than 64 MiB' samples/warc/bomb-body.warc.gz
ends 600 $limit 'unpacks to more than 64 MiB' samples/warc/bomb-bodies.warc
ends 600 $limit 'unpacks to too much' samples/warc/bomb-members.warc.gz
ends 600 $limit 'unpacks to far more than it should' samples/warc/bomb-tangled.warc.gz
ends 600 16384 'too much of it is damaged\|more records are damaged' samples/warc/magics.warc.gz
ends 600 16384 'too much of it is damaged' samples/warc/heads.warc
ends 600 16384 'page 200 104.*/good' samples/warc/empty.warc.gz
ends 600 16384 'records are damaged' samples/warc/nested.warc.gz
ends 600 $limit 'page 200 104.*/good' samples/wacz/bomb.wacz
ends 600 $limit 'unpacks to far more than it should' samples/zim/bomb.zim
ends 600 32768 'cluster 0 is damaged' samples/zim/same.zim
ends 600 16384 'more than 20000 parts' samples/mhtml/parts.mht
ends 600 16384 'without a page' samples/mhtml/boundaries.mht
rm -rf samples

# Nothing of a zip is ever written by its name, nor is anything left of what was unpacked.
mkdir empty
for name in names link deflated twice nested; do
    checks=$((checks + 1))
    (cd empty && TMPDIR=$PWD "$look" "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/wacz/$name" >/dev/null 2>&1) || fault "$name is not read"
    [ -z "$(ls -A empty)" ] || fault "$name leaves something behind"
done

python3 "$checks_py" huge huge.warc
checks=$((checks + 1))
timeout 600 "$look" huge.warc >out 2>err || fault 'an archive of 4 GB is not read'
[ "$(grep -c '^page 200 5133 ' out)" -eq 20000 ] || fault 'an archive of 4 GB does not give its 20,000 pages'
sanitized || [ "$(sed -n 's/^peak //p' err)" -le 16384 ] || fault "an archive of 4 GB takes $(cat err) KiB"
checks=$((checks + 1))
timeout 600 "$look" huge.warc https://news.example/last.png >out 2>err || fault 'the last picture of 4 GB is not found'
grep -q '^found 7 ' out || fault 'the last picture of 4 GB is another'
sanitized || [ "$(sed -n 's/^peak //p' err)" -le 16384 ] || fault "the index of 21,000 records takes $(cat err) KiB"

done_testing
