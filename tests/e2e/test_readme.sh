#!/bin/sh
# The tours of README.md work as they stand: every command of the three roles is run, in order.
# Only this is done for it: passphrases come from a file, since nobody is there to type them, $digits is what a
# reader would have been told, each role has a library of its own, as three people have, and where this build has no
# page another takes its place.
set -eu

command -v git >/dev/null 2>&1 || { echo 'git is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data HOME=$work
export XDG_CONFIG_HOME XDG_DATA_HOME HOME

awk '/^## What it does not protect from/ { exit }
     /^## Five minutes for a / { print "export MIMEO_LIBRARY=\"$HOME/" $NF "\"" }
     /^```$/ { on = 0 }
     on
     /^```sh$/ { on = 1 }' "$MIMEO_SOURCE_DIR/README.md" >"$work/tour.sh"
[ "$(grep -c '^mimeo ' "$work/tour.sh")" -ge 30 ] || { echo 'FAIL: README.md has lost its tours'; exit 1; }

mkdir "$work/bin" "$work/tools"
(umask 077 && echo 'four plain words together' >"$work/passphrase")
cat >"$work/bin/mimeo" <<'END'
#!/bin/sh
# The program, with the passphrase where a command may ask for it.
case " $* " in
*' init '*) set -- "$@" --passphrase-file "$HOME/passphrase" --root-passphrase-file "$HOME/passphrase" ;;
*' export --encrypt '*) set -- "$@" --passphrase-file "$HOME/passphrase" ;;
*' publish '* | *' revise '* | *' retract '*) set -- "$@" --passphrase-file "$HOME/passphrase" ;;
esac
case " $* " in
*' --with-reader '* | *' --single-file '*) [ -f "$MIMEO_BUILD_DIR/reader.html" ] || set -- "$@" --page "$HOME/page.html" ;;
esac
exec "$MIMEO" --no-input "$@"
END
chmod +x "$work/bin/mimeo"
echo '<html><body><!-- mimeo:packs --></body></html>' >"$work/page.html"
cp -r "$MIMEO_SOURCE_DIR/tools/sample" "$work/tools/sample"
cp -r "$MIMEO_SOURCE_DIR/tools/saved" "$work/tools/saved"
PATH=$work/bin:$PATH
export PATH

cd "$work"
{
    echo 'set -eux'
    # What a reader was told on the telephone stands in the mirror that the publisher made.
    echo 'digits() { sed -n "s/^Fingerprint: //p" press/README.md; }'
    # shellcheck disable=SC2016 # for the tour to expand
    sed 's/"\$digits"/"$(digits)"/g' tour.sh
} >run.sh
if ! sh run.sh >said 2>&1; then
    cat said
    echo 'FAIL: a command of the tours fails'
    exit 1
fi
# What the reader's tour ends with: verified, and the article was shown.
MIMEO_LIBRARY=$work/reader mimeo verify | grep -q '^good: verified' || { echo 'FAIL: the reader holds nothing good'; exit 1; }
grep -q 'На рыбном рынке запел хор' said || { echo 'FAIL: the reader was shown no article'; exit 1; }
printf 'the tours work: %d commands of mimeo\n' "$(grep -c '^mimeo ' tour.sh)"
