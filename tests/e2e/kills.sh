# Kills at random moments, for the tests of what a kill leaves.  Sourced after lib.sh.
#
# The moments are spread over a little more than a run takes: about two runs of three are killed, at any
# moment from the first to the last, and the others end by themselves.  How long a run takes is not measured
# once, since a machine is slow now and quick a second later: the reach of the moments follows the runs.  It
# grows by an eighth with each that was killed and shrinks by a fifth with each that was not.  So of many runs a
# quarter is killed whatever the machine does: when more have ended than that, the reach is shorter than any run.
#
# Runs of one kind share a reach, so each should have about as much to do: give it new work where the last has
# ended ($status is not 137).
# shellcheck shell=sh
killed=0 tried=0
moment_seed=20261126

microseconds() { echo $(($(date +%s%N) / 1000)); }
# whole_run KIND COMMAND…: one that is not killed.  What it takes is where the reach of its kind begins; without
# one it begins low.
whole_run() {
    kind=$1
    shift
    begun=$(microseconds)
    "$@" >out 2>err || fault "a whole run: $*: $(cat err)"
    eval "reach_$kind=$((($(microseconds) - begun) * 3 / 2)) ended_$kind=0"
}
# killed_run KIND COMMAND…: a program, killed at a random moment: it alone, and what it started has to notice.
# What it wrote is in out and err, and $status is 137 where the kill came before its end.
killed_run() {
    kind=$1
    shift
    eval "reach=\${reach_$kind:-20000} ended=\${ended_$kind:-0}"
    moment_seed=$(((moment_seed * 1103515245 + 12345) % 2147483648))
    moment=$((1 + reach * (moment_seed / 65536 % 10000) / 10000)) # none would be no limit at all
    begun=$(microseconds)
    timeout --foreground -s KILL "$(printf '%d.%06d' $((moment / 1000000)) $((moment % 1000000)))" "$@" >out 2>err </dev/null
    status=$?
    tried=$((tried + 1))
    if [ "$status" -eq 137 ]; then
        killed=$((killed + 1))
        # Before one has ended the reach is a guess, perhaps by far too short.
        [ "$ended" -eq 0 ] && reach=$((reach + reach / 2)) || reach=$((reach + reach / 8))
    else
        took=$(($(microseconds) - begun))
        reach=$((reach - reach / 5))
        [ "$reach" -le $((took * 3)) ] || reach=$((took * 3)) # a guess that was by far too long
        ended=1
    fi
    eval "reach_$kind=$((reach + 1)) ended_$kind=$ended"
}
# killed_often: at the end.
killed_often() {
    checks=$((checks + 1))
    [ "$killed" -ge $((tried / 4)) ] || fault "only $killed of $tried runs were killed"
    printf '%d of %d runs were killed\n' "$killed" "$tried"
}
