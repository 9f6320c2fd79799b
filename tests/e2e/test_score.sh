#!/bin/sh
# The scores of tests/score are what can be counted by hand, and mimeo's own extraction can be scored.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 jq
pages=$MIMEO_SOURCE_DIR/tests/score/pages

mkdir -p corpus/made/one corpus/made/two results
printf 'one two three four five six' >corpus/made/one/expected.txt
printf '{"title":"A title","authors":["Ann","Bo"],"published":"2024-01-02T03:04:05+01:00"}' >corpus/made/one/expected.json
printf '<html lang=en>' >corpus/made/one/source.html
# Han one by one: four characters are one run.
printf '港口议会' >corpus/made/two/expected.txt
printf '<html lang=zh>' >corpus/made/two/source.html
# Of three runs two are found, and two more that nobody wants.
printf '{"text":"One, TWO three four five x y","title":"A title","bylines":["Ann"],"published":"2024-01-02T02:04:05Z"}' >results/made-one.json
printf '港口议会' >results/made-two.txt
python3 -B "$pages" --json --results results corpus >scores || fault 'scoring fails'
is 'precision' "$(jq -r 'select(.name == "one") | .precision' scores)" 0.5
is 'recall' "$(jq -r 'select(.name == "one") | .recall * 3 | round' scores)" 2
is 'a page that is all right' "$(jq -r 'select(.name == "two") | .f1' scores)" 1
is 'the title' "$(jq -r 'select(.name == "one") | .fields.title.verdict' scores)" right
is 'one author of two' "$(jq -r 'select(.name == "one") | .fields.authors.verdict' scores)" near
is 'one moment in two zones' "$(jq -r 'select(.name == "one") | .fields.published.verdict' scores)" right
is 'the mean precision' "$(jq -r 'select(.all) | .all.precision' scores)" 0.75
is 'both halves' "$(for half in a b; do python3 -B "$pages" --json --half "$half" --results results corpus 2>/dev/null; done | jq -s 'map(select(.name)) | length')" 2

rm -rf corpus
mkdir -p corpus/made/page
cp "$MIMEO_SOURCE_DIR/tools/sample/council-dredging-vote.html" corpus/made/page/source.html
printf 'no such words' >corpus/made/page/expected.txt
python3 -B "$pages" --json "$MIMEO" corpus >scores || fault "mimeo's own extraction is not scored"
is 'what nobody wanted' "$(jq -r 'select(.all) | .all.f1' scores)" 0
done_testing
