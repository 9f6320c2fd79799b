# What the tests of reader.html in each browser share.  Sourced by them after lib.sh, with $browser set.
# shellcheck shell=sh disable=SC2154 # browser and work are the sourcing script's
scripts=$MIMEO_SOURCE_DIR/tests/browser
page=$MIMEO_BUILD_DIR/reader.html

need python3
case $browser in
chromium) need chromium chromedriver ;;
firefox) need firefox-esr ;;
esac

# Without the page (a build without emscripten) the driver alone is tested: it proves that it notices.
if [ -f "$page" ]; then
    need node jq
    # shellcheck source=page_world.sh
    . "$MIMEO_SOURCE_DIR/tests/e2e/page_world.sh"
    [ "$faults" -eq 0 ] || done_testing
    node "$MIMEO_SOURCE_DIR/tests/page/make-lying-worker.js" "$MIMEO_SOURCE_DIR/tests/e2e/hostile_html.txt" >"$work/worker.js" &&
        node "$MIMEO_SOURCE_DIR/tools/assemble-page.js" "$work/worker.js" >"$work/lying.html" || exit 1
else
    page=-
fi
timeout 400 python3 -B "$scripts/page_test.py" "$browser" "$page" "$MIMEO_BUILD_DIR" "$work" "$MIMEO_SOURCE_DIR" || exit 1
