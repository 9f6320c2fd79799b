#!/bin/sh
# Publishing from addresses: pages with their pictures, feeds, and servers that are not as they should be.
set -u
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source=tests/e2e/pages.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"
need jq python3

mkdir site
picture 1 site/boat.png
page 1 'Ferry out of service' '<figure><img src="boat.png" alt="A boat"><figcaption>At the quay</figcaption></figure>' >site/story-1.html
page 2 'Bus instead of boat' >site/story-2.html
front_page >site/front.html
serve_pages() {
    by_python pages page_server.py site
    url=http://127.0.0.1:$port
}
serve_pages
feed "$url" 'First entry' 'Second entry' >site/feed.xml
make_publisher press

# ---- pages and feeds ----

expect 0 '' publish press --json "$url/story-1.html"
is 'the page' "$(head -n 1 out | jq -rc '[.outcome, .title, .pictures]')" '["new","Ferry out of service",1]'
is 'what the site was asked' "$(cut -d ' ' -f 1 "$log" | tr '\n' ' ')" '/robots.txt /story-1.html /boat.png '
grep -q 'robots.txt .*mimeo' "$log" || fault 'the site is not told who asks'
! grep -q 'git/' "$log" || fault 'the site is told that git asks'
id=$(head -n 1 out | jq -r .id)
is 'its address' "$(mimeo --library press.library -C press read "$id" --json | jq -r .url)" "$url/story-1.html"
expect 0 '' publish press --json "$url/story-1.html"
is 'the same again' "$(head -n 1 out | jq -r .outcome)" unchanged
expect 0 '' publish press --json "$url/feed.xml"
is 'the feed' "$(tail -n 1 out | jq .new)" 2
expect 0 '' mimeo extract --json --follow "$url/feed.xml"
is 'the pages that it links to' "$(jq -r .title out | sort | tr '\n' ';')" 'Bus instead of boat;Ferry out of service;'
expect 0 'Ferry out of service' mimeo extract "$url/gzip/story-1.html"
expect 0 'Ferry out of service' mimeo extract "$url/away/story-1.html"
expect 0 'Ferry out of service' mimeo extract --no-pictures "$url/busy/story-1.html"
expect 10 'front.html' mimeo extract "$url/front.html"
! grep -q 'its feed' err || fault 'a front page without a feed names one'
# A front page leads to its feed.
sed 's/<head>/<head><link rel="alternate" type="application\/rss+xml" href="feed.xml">/' site/front.html >site/home.html
expect 10 "its feed is $url/feed.xml: publish that" mimeo extract "$url/home.html"
expect 10 "its feed is $url/feed.xml: publish that" publish press "$url/home.html"
expect 10 'home.html' mimeo extract site/home.html
! grep -q 'its feed' err || fault 'a relative address is told though nobody knows of what'
sed 's/href="feed.xml"/href="https:\/\/island.example\/feed.xml"/' site/home.html >home.html
expect 10 'its feed is https://island.example/feed.xml: publish that' mimeo extract home.html

# ---- servers that are not as they should be ----

expect 3 'nothing at this address' mimeo extract "$url/none.html"
expect 3 'redirects more than' mimeo extract "$url/circle"
expect 3 'where nobody goes' mimeo extract "$url/far/ftp://127.0.0.1/x"
expect 10 '' mimeo extract "$url/bomb"
expect 10 'over its limit' mimeo extract "$url/endless"
expect 10 'cut short or damaged' mimeo extract "$url/torn/story-1.html"
expect 3 'status 500' mimeo extract "$url/teapot"
expect 10 '' mimeo extract "$url/noise"
expect 10 '' mimeo extract "$url/boat.png"
# One that fails does not stop the others.
expect 3 '' mimeo extract --json "$url/none.html" "$url/story-2.html" "$url/circle"
is 'the good one' "$(jq -r 'select(.title) | .title' out)" 'Bus instead of boat'
expect 3 '' publish press --json "$url/none.html" "$url/story-2.html"
is 'the good one is published' "$(tail -n 1 out | jq -c '[.new, .refused]')" '[1,1]'

# ---- robots.txt ----

printf 'User-agent: *\nDisallow: /story-2\n' >site/robots.txt
expect 10 'robots.txt' mimeo extract "$url/story-2.html"
expect 0 'Ferry' mimeo extract "$url/story-1.html"
expect 0 'Bus' mimeo extract --ignore-robots "$url/story-2.html"
expect 10 'robots.txt' mimeo extract --json --follow "$url/feed.xml"
is 'what robots.txt allows of it' "$(jq -r 'select(.title) | .title' out)" 'Ferry out of service'
printf 'User-agent: mimeo\nDisallow: /\nUser-agent: *\nAllow: /\n' >site/robots.txt
: >"$log"
expect 10 'robots.txt' mimeo extract "$url/story-1.html"
is 'only robots.txt was asked for' "$(cut -d ' ' -f 1 "$log" | tr '\n' ' ')" '/robots.txt '
rm site/robots.txt

# Where it leads to, another host or another path, has a say of its own, and is asked before anything is fetched there.
web_1=$url log_1=$log
mkdir other
page 1 'Ferry out of service' >other/story-1.html
printf 'User-agent: *\nDisallow: /story-1\n' >other/robots.txt
by_python other page_server.py other
other=http://127.0.0.1:$port
expect 10 'robots.txt of 127.0.0.1 asks not to' mimeo extract "$web_1/far/$other/story-1.html"
is 'what the other host was asked' "$(cut -d ' ' -f 1 "$log" | tr '\n' ' ')" '/robots.txt '
expect 0 'Ferry' mimeo extract --ignore-robots --no-pictures "$web_1/far/$other/story-1.html"
printf 'User-agent: *\nDisallow: /none\n' >other/robots.txt
: >"$log"
expect 0 'Ferry' mimeo extract --no-pictures "$web_1/far/$other/story-1.html"
is 'what the other host is asked then' "$(cut -d ' ' -f 1 "$log" | tr '\n' ' ')" '/robots.txt /story-1.html '
printf 'User-agent: *\nDisallow: /story-1\n' >site/robots.txt
: >"$log_1"
expect 10 'robots.txt' mimeo extract "$web_1/away/story-1.html"
! grep -q '^/story-1' "$log_1" || fault 'a redirect leads round robots.txt'
rm site/robots.txt

# ---- never into the machine's own network ----

# A page on the public network, as the proxy shows it, that names something here.
page 3 'From elsewhere' "<figure><img src=\"$url/boat.png\" alt=\"Mine\"></figure>" >site/elsewhere.html
web=${url##*:} web_url=$url web_log=$log_1
serve_http_proxy
: >"$web_log"
expect 0 'From elsewhere' mimeo -v extract --proxy "$proxy" "http://news.example:$web/elsewhere.html"
grep -q 'own machine or network' err || fault 'the picture here is not told of'
! grep -q boat.png "$web_log" || fault 'a page elsewhere had something fetched here'
expect 3 'own machine or network' mimeo extract --proxy "$proxy" "http://news.example:$web/far/$web_url/story-1.html"
# All through the proxy, or not at all.
serve_dead
expect 3 'proxy' mimeo extract --proxy "$proxy" "$web_url/story-1.html"
# A picture on a host that cannot be reached costs the picture.
page 4 'One picture less' '<figure><img src="http://127.0.0.1:1/x.png" alt="None"></figure>' >site/less.html
expect 0 'One picture less' mimeo extract "$web_url/less.html"

# ---- nothing of that for readers ----

for words in "read $web_url/story-1.html" "list $web_url/story-1.html" "verify $web_url/story-1.html" "import $web_url/story-1.html"; do
    : >"$web_log"
    # shellcheck disable=SC2086 # words
    mimeo $words >out 2>err
    ! grep -q story-1 "$web_log" || fault "'mimeo $words' fetches a page"
done

done_testing
