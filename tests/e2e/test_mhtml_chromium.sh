#!/bin/sh
# What Chromium saves as "Webpage, Single File" gives the articles that the pages themselves give, pictures and all.
# label: browser
set -u
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source=tests/e2e/pages.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"
need jq python3 chromium chromedriver

mkdir -p site
picture 1 site/boat.png
picture 2 site/late.png
figure='<figure><img src="boat.png" alt="A boat"><figcaption>At the quay</figcaption></figure>'
page 1 'Ferry out of service' "$figure" >site/story-1.html
page 2 'Паром № 2 = «стоит» — 渡轮停运' '<p>Капитан сказал: «Мы услышали шум, и затем погас свет». 渡轮停运三天。</p>' >site/story-2.html
# A picture that a script puts in, as many pages do, and a frame with a page of its own.
page 3 'Bus instead of boat' '<figure><img id="late" alt="Late"><figcaption>Put in later</figcaption></figure>
<iframe src="story-1.html"></iframe><script>document.getElementById("late").src = "late.png";</script>' >site/story-3.html
by_python pages page_server.py site
url=http://127.0.0.1:$port

python3 -B "$MIMEO_SOURCE_DIR/tests/browser/snapshot.py" "$work/browser" "127.0.0.1:$port" "$url/story-1.html" 1.mhtml \
    "$url/story-2.html" 2.mhtml "$url/story-3.html" 3.mhtml || fault 'the pages are not saved'

# what FILE…: of the article, what a reader sees; pictures by their hashes, but not where they came from.
what() {
    jq -S '{title, bylines, published, lang, url, site, html, images}' out
}
for n in 1 2; do
    expect 0 '' mimeo extract --json "$url/story-$n.html"
    what >page
    expect 0 '' mimeo extract --json "$n.mhtml"
    what >saved
    is "what is found in $n.mhtml" "$(cat saved)" "$(cat page)"
done
is 'the words of many letters' "$(jq -r .title saved)" 'Паром № 2 = «стоит» — 渡轮停运'
expect 0 '' mimeo extract --json 1.mhtml
is 'its picture' "$(jq -rc '[.images[] | .caption]' out)" '["At the quay"]'
expect 0 '' mimeo extract --json 3.mhtml
is 'one article, and none of the frame' "$(jq -r .title out)" 'Bus instead of boat'
is 'the picture of a script' "$(jq -rc '[.images[] | .caption]' out)" '["Put in later"]'
is 'when it was saved is known' "$(grep -c '^Date: ' 3.mhtml)" 1

# They are taken for what they are whatever they are called, and the same again is nothing new.
mv 2.mhtml saved.html
make_publisher press
expect 0 '' publish press --json 1.mhtml saved.html 3.mhtml
is 'published' "$(tail -n 1 out | jq -c '[.new, .refused, .pictures]')" '[3,0,2]'
expect 0 '' publish press --json 1.mhtml saved.html 3.mhtml "$url/story-1.html"
is 'again, and from the site' "$(tail -n 1 out | jq -c '[.new, .revised, .unchanged]')" '[0,0,3]'
done_testing
