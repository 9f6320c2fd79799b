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
done_testing
