#!/bin/sh
# The command line itself: help, faults of usage, exit statuses, and output that cannot be written.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq

expect 0 'usage:' mimeo -h
expect 0 'usage:' mimeo --help
expect 0 'usage:' mimeo help
expect 0 'mimeo ' mimeo --version
[ ! -s err ] || fault '--version talks on standard error'
for command in init publish revise retract key list read verify status head trust; do
    expect 0 "mimeo $command" mimeo "$command" -h
    [ ! -s err ] || fault "$command -h talks on standard error"
    case $(head -1 out) in examples:*) ;; *) fault "$command -h does not begin with examples" ;; esac
    expect 0 "mimeo $command" mimeo help "$command"
    expect 0 "mimeo $command" mimeo -q "$command" --help
    expect 2 'there is no option --nonsense' mimeo "$command" --nonsense
done

expect 2 'a command is missing' mimeo
expect 2 "there is no command 'pubish'" mimeo pubish
expect 2 "there is no option -x" mimeo -x list
expect 2 '-C wants a value' mimeo list -C
expect 2 '--library wants a value' mimeo --library
expect 2 'takes no value' mimeo list --retracted=yes
expect 2 'is given twice' mimeo list --lang en --lang fa
expect 2 "'b' is one word too many" mimeo head a b
expect 2 'something is missing' mimeo read
expect 2 '--limit wants a number' mimeo list --limit many
expect 2 '--since wants a date' mimeo list --since yesterday
expect 2 '--name is missing' mimeo init x
expect 2 '--next-by wants a duration' mimeo init x --name X --next-by never
expect 2 'one of --html' mimeo read --html --text x
expect 2 '-o belongs to' mimeo read -o file x
expect 2 'name files or directories' mimeo publish
expect 2 'takes no file' mimeo publish --heartbeat x
[ ! -e x ] || fault 'a fault of usage made a directory'

make_publisher press
article 1 | publish press -
pin press
# Global options stand before and after the command, in one word or two.
for line in '-C press list --json' 'list -Cpress --json' 'list --json -C press' '--json list press' 'list press --json'; do
    # shellcheck disable=SC2086 # words of a command line
    expect 0 '"id":"a-1"' mimeo $line
done
expect 0 '' mimeo list -- press
mimeo --json verify nowhere >out 2>err
jq -e '.error and .message' err >/dev/null || fault 'with --json an error is no JSON'
mimeo verify press --json | jq -es 'last | .verdict == "good"' >/dev/null || fault 'verify --json'
mimeo status press --json | jq -e '.verdict == "good" and .head_seq == 2' >/dev/null || fault 'status --json'
mimeo head press --json | jq -e '.link | startswith("mimeo:")' >/dev/null || fault 'head --json'
mimeo trust --json | jq -e '.petname == "press"' >/dev/null || fault 'trust --json'
expect 0 '' mimeo head press --qr

# Output that cannot be written is noticed.
"$MIMEO" list press >/dev/full 2>err
is 'status with a full device' "$?" 1
grep -q 'cannot write the output' err || fault 'nothing is said of a full device'
"$MIMEO" list press >&- 2>err && fault 'a closed standard output is no fault'

# No colour where nobody sees it, and no name in what is printed that a terminal would obey.
mimeo list press >out
grep -q "$(printf '\033')" out && fault 'escapes in a file'
publish press - <<'END' 2>err
{"id":"evil","title":"a\u001b]0;b\u0007c \u202edlrow","body":"<p>x\u001b[2Jy</p>"}
END
mimeo read -C press evil --no-pager >out 2>err
grep -q "$(printf '\033')" out err && fault 'an escape of an article reached the terminal'

# Nobody asks where nobody can answer.
expect 2 'name --yes' mimeo --no-input --library press.library retract -C press --erase a-1
done_testing
