#!/bin/sh
# Key files: passphrases right and wrong, and files that others can read.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git
printf 'correct horse\n' >pass && printf 'battery staple\n' >other && chmod 600 pass other

expect 0 'Fingerprint' mimeo --library l init press --name Press --root-key root --key key --passphrase-file pass \
    --root-passphrase-file other
is 'modes of the key files' "$(stat -c %a root key | tr '\n' ' ')" '600 600 '
expect 0 'root key, with a passphrase' mimeo key show root
expect 0 'publish key, with a passphrase' mimeo key show key
article 1 >one.jsonl
expect 1 'passphrase' mimeo --library l publish -C press --key key --passphrase-file other one.jsonl
expect 1 '--no-input' mimeo --library l --no-input publish -C press --key key one.jsonl
expect 1 'no terminal' setsid -w "$MIMEO" --library l publish -C press --key key one.jsonl </dev/null
is 'bundles after wrong passphrases' "$(find press/bundles -type f | wc -l)" 1
expect 0 '1 new' mimeo --library l publish -C press --key key --passphrase-file pass one.jsonl
expect 0 '' mimeo --library l publish -C press --key key --passphrase-fd 3 --heartbeat 3<pass

# The root key does not publish.
expect 2 '' mimeo --library l publish -C press --key root --passphrase-file other --heartbeat

# Others can read it.
chmod 644 pass
expect 1 'chmod 600' mimeo --library l publish -C press --key key --passphrase-file pass --heartbeat
chmod 600 pass
chmod 640 key
expect 1 'chmod 600' mimeo --library l publish -C press --key key --passphrase-file pass --heartbeat
chmod 600 key

# Changing it, taking it away, making more.
cp key before
expect 1 '' mimeo key passphrase key --passphrase-file other --new-passphrase-file pass
cmp -s key before || fault 'a wrong passphrase changed the key file'
expect 0 '' mimeo key passphrase key --passphrase-file pass --new-passphrase-file other
expect 0 '' mimeo --library l publish -C press --key key --passphrase-file other --heartbeat
expect 0 '' mimeo key passphrase key --passphrase-file other --no-passphrase
expect 0 'without a passphrase' mimeo key show key
expect 0 'publish key, without' mimeo key new more --no-passphrase
expect 1 '' mimeo key new more --no-passphrase
expect 2 'root or publish' mimeo key new most --role king --no-passphrase
head -c 100 key >short && chmod 600 short
expect 10 '' mimeo key show short
expect 1 '' mimeo key show nowhere

# ---- the drill: a backup works, and nothing is signed ----
expect 0 'Nothing was signed' mimeo key check root --passphrase-file other
expect 0 'this one alone can sign' mimeo --library l key check root -C press --passphrase-file other
expect 0 'root key of charter 1' mimeo --library l key check root press/charter/000001 --passphrase-file other
expect 1 'passphrase' mimeo key check root --passphrase-file pass
mimeo key new foreign --role root --no-passphrase >/dev/null || fault 'a key of another'
expect 1 'another key than you think' mimeo --library l key check foreign -C press
[ ! -e root.journal ] || fault 'a drill left a journal'
[ ! -e foreign.journal ] || fault 'a drill left a journal'
is 'the fields' "$(mimeo --json --library l key check root -C press --passphrase-file other | jq -c '[.role, .opens, .charter, .threshold]')" '["root",true,1,1]'

# Printed, typed in again, and a slip of the hand.
mimeo key print root >paper || fault 'printing'
cp paper typed && chmod 600 typed
expect 0 'opens' mimeo key check typed --passphrase-file other
sed 's/^box 0/box 1/;t;s/^box [1-9a-f]/box 0/' paper >slip && chmod 600 slip
expect 10 'typing error' mimeo key check slip --passphrase-file other
mimeo key print root --qr >paper.qr || fault 'a QR code'
grep -q '█' paper.qr || fault 'there is no QR code'

# ---- moving to another machine ----
expect 2 'wants -o' mimeo key hand-over key
expect 2 'root key' mimeo key hand-over root -o move
expect 2 'no numbering' mimeo key hand-over more -o move
touch there
expect 1 'is there already' mimeo key hand-over key -o there
expect 0 '' mimeo --library l publish -C press --key key --heartbeat # a hand-over that failed has changed nothing
expect 0 'handed over after bundle' mimeo key hand-over key -o move
is 'the mode of what travels' "$(stat -c %a move)" 600
expect 2 'publish on the other machine' mimeo --library l publish -C press --key key --heartbeat
expect 0 '' mimeo key hand-over key -o move2 # again, where the first file was lost
mkdir new && git clone -q press new/press
expect 2 'where the key will be' mimeo key take-over move
expect 10 'changed on the way' sh -c "sed 's/^seq ./seq 9/' move >bad && '$MIMEO' key take-over bad --key new/key"
expect 10 '' mimeo key take-over key --key new/key
[ ! -e new/key ] || fault 'a refused take-over left a key'
[ ! -e new/key.journal ] || fault 'a refused take-over left something'
expect 0 'goes on after bundle' mimeo key take-over move --key new/key
is 'mode of the new key' "$(stat -c %a new/key)" 600
cmp -s key new/key || fault 'the key is another'
expect 0 'goes on' mimeo key take-over move --key new/key # killed, and run again
expect 0 '' mimeo --library n publish -C new/press --key new/key --heartbeat
expect 7 'old' mimeo key take-over move --key new/key
expect 0 '' mimeo --library n publish -C new/press --key new/key --heartbeat
cp more new/other && cp new/other new/other.before
expect 1 'another key file' mimeo key take-over move --key new/other
cmp -s new/other new/other.before || fault 'a take-over wrote over a key'
# And back.
expect 0 '' mimeo key hand-over new/key -o back
expect 0 '' mimeo key take-over back --key key
expect 2 'other machine' mimeo --library n publish -C new/press --key new/key --heartbeat
expect 7 'old copy' mimeo --library o publish -C press --key key --heartbeat
git -C press pull -q "$work/new/press" main 2>/dev/null && git -C press reset -q --hard
expect 0 '' mimeo --library o publish -C press --key key --heartbeat

# A kill between the two writes of a hand-over, and of a take-over: never two machines that sign.
if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
    for n in 1 2 3 4 5 6; do
        rm -rf a b && mkdir a b && cp key key.journal a/ && cp -R press a/press
        strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=$n "$MIMEO" key hand-over a/key -o a/move >out 2>err
        a=0 b=0
        mimeo --library a/l publish -C a/press --key a/key --heartbeat >out 2>err && a=1
        [ -s a/move ] && mimeo key take-over a/move --key b/key >out 2>err && b=1
        [ "$((a + b))" -le 1 ] || fault "after a kill at $n both machines sign"
        [ "$a" = 1 ] || mimeo key hand-over a/key -o a/move.again >out 2>err || fault "after a kill at $n nothing can be handed over"
    done
fi
done_testing
