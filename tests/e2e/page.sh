# What the tests of reader.html in each browser share.  Sourced by them after lib.sh, with $browser set.
# shellcheck shell=sh disable=SC2154 # browser and work are the sourcing script's
scripts=$MIMEO_SOURCE_DIR/tests/browser
page=$MIMEO_BUILD_DIR/reader.html

need python3
case $browser in
chromium) need chromium chromedriver ;;
firefox) need firefox-esr ;;
esac

# Without the page (a build with no emscripten) the driver alone is tested: it proves that it notices.
[ -f "$page" ] || page=-
timeout 240 python3 -B "$scripts/page_test.py" "$browser" "$page" "$MIMEO_BUILD_DIR" "$work" || exit 1
