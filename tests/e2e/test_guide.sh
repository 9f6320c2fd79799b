#!/bin/sh
# The newsroom's guide, keys/README.md, works as it stands: every command in it is run, in order.  Three things are
# done for it: passphrases come from a file, nobody is there to say yes to signing, and before the chapter on a theft
# there are an honest bundle and a thief's.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq b2sum

mkdir bin today blocks
(umask 077 && echo 'four plain words together' >passphrase)
article 1 'The ferry sails again' >today/ferry.jsonl
cat >bin/mimeo <<'END'
#!/bin/sh
# The program, with the passphrase where a command may ask for it.
case " $* " in
*' key new '* | *' key check '* | *' publish '* | *' charter issue '* | *' init '*) set -- "$@" --passphrase-file "$HOME/../passphrase" ;;
*' charter sign '*) set -- "$@" --yes --passphrase-file "$HOME/../passphrase" ;;
esac
exec timeout 120 "$MIMEO" --no-input "$@"
END
chmod +x bin/mimeo
unset -f mimeo
PATH=$work/bin:$PATH
export PATH

# One file a block of commands.
awk '/^```$/ { on = 0 }
     on { print >file }
     /^```sh$/ { on = 1; file = sprintf("blocks/%02d", ++n) }' "$MIMEO_SOURCE_DIR/keys/README.md"
[ "$(cat blocks/* | grep -c '^mimeo ')" -ge 40 ] || fault 'keys/README.md has lost its commands'

for block in blocks/*; do
    if grep -q '^mimeo list' "$block"; then # the chapter on a theft begins
        is 'the bundle before the theft' "$(mimeo --json status press | jq .head_seq)" 5
        article 2 'Honest' | mimeo -q publish -C press --key press-2.key - || fault 'publishing the honest bundle'
        article 3 'A lie' | mimeo -q publish -C press --key press-2.key - || fault 'publishing the lie'
        git clone -q press seen
    fi
    checks=$((checks + 1))
    if ! sh -eux "$block" >said 2>&1; then
        fault "a command of $block fails"
        tail -n 12 said
    fi
done

# What came of it.
is 'the articles' "$(mimeo -q --json list press-new | jq -r .title | sort | tr '\n' ',')" 'Honest,The ferry sails again,'
is 'the charters' "$(mimeo --json charter show press-new | jq -r .version | tr '\n' ' ')" '1 2 3 4 '
expect 6 'revoked' mimeo verify seen
expect 0 'good' mimeo verify press-new
expect 2 'publish on the other machine' env MIMEO_LIBRARY="$work/old-machine" mimeo publish -C press --key press-3.key --heartbeat
is 'the ID by hand' "$(sed '/^$/,$d' press/charter/000001 | b2sum -l 256 | cut -c1-64)" \
    "$(mimeo --json status press | jq -r .publisher)"
cmp -s root-lisbon.key /dev/null && fault 'there is no key'
head -n "$(wc -l <root-lisbon.key)" root-lisbon.txt | cmp -s - root-lisbon.key || fault 'the printed key is another'
done_testing
