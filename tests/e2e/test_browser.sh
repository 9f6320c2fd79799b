#!/bin/sh
# A real browser reads what the cleaner wrote as what the cleaner meant: body.innerHTML is the
# cleaned HTML byte for byte, nothing of it runs, and nothing is requested.  The check first proves
# that it would notice: an uncleaned page must run and must request.
# label: browser
set -eu

command -v chromium >/dev/null 2>&1 || { echo 'SKIP: no chromium'; exit 77; }
tool=$MIMEO_BUILD_DIR/tests/clean_tool
[ -x "$tool" ] || { echo 'SKIP: clean_tool is not built'; exit 77; }
work=$(mktemp -d)
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null || :; rm -rf "$work"' EXIT
fail() { printf 'FAIL: %s\n' "$*"; exit 1; }

# browse PAGE: its DOM, as a browser has it, in $work/dom.
browse() {
    rm -rf "$work/profile"
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --dump-dom "file://$1" >"$work/dom" 2>"$work/talk" ||
        { tail -5 "$work/talk"; fail "the browser ends with an error on $1"; }
}

# page < BODY > PAGE: without a line end behind it, which would become the body's.
page() {
    printf '<!DOCTYPE html><html><head><meta charset="utf-8"><title>untouched</title></head><body>'
    cat
    printf '</body></html>'
}

# What a browser writes of the same tree: " in text as it is, and no second line end behind <pre>.
as_written() {
    awk 'BEGIN { RS = "<"; ORS = "" }
         { end = index($0, ">")
           text = substr($0, end + 1)
           gsub(/&quot;/, "\"", text)
           if (/^pre[ >]/) sub(/^\n/, "", text)
           print (NR > 1 ? "<" : "") substr($0, 1, end) text }'
}

: >"$work/hits"
"$tool" listen "$work/hits" >"$work/port" 2>/dev/null &
listener=$!
tries=0
until [ -s "$work/port" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail 'the listener does not begin'
    sleep 0.1
done
here=http://127.0.0.1:$(cat "$work/port")

# ---- would it be noticed?
printf '<img src="%s/x"><script>document.title = "ran"</script>' "$here" | page >"$work/bad.html"
browse "$work/bad.html"
grep -q '<title>ran</title>' "$work/dom" || fail 'a script that runs is not noticed'
[ -s "$work/hits" ] || fail 'a request is not noticed'
: >"$work/hits"

# ---- one page each; HERE is the listener, RUN a script's text
cat >"$work/cases" <<'END'
<p>A <b>plain <i>article</b> with</i> "quotes", &amp;amp; &lt;tags&gt;, a&nbsp;space and <a href="HERE/x?a=b&amp;c=d">a link</a>.</p>
<h1>Head</h1><figure><img src="HERE/x"><figcaption>Caption</figcaption></figure><blockquote>one<p>two</blockquote><hr>
<table><caption>c</caption><tr><th>a<td colspan=2>b<tr><td><table><tr><td>inner</table></table><table><tr>text<td>x
<ul><li>a<li>b<ol start=3 reversed><li>c</ol><ul>d</ul></ul><dl><dt>e<dd>f<dl><dd>g</dl></dl><li>stray<dd>stray
<p lang=ar dir=rtl>a<ruby>b<rp>(</rp><rt>c<rp>)</rp></ruby><bdo dir=ltr>d</bdo><time datetime=2026-11-23>e</time><wbr><br>f</p>
<b><b><b><b><b>five<p>deep</b></b></b></b></b> and <a href=https://a.example/>a<div>b<a href=https://b.example/>c</div></a>
<script>RUN</script><img src=x onerror="RUN"><svg onload="RUN"></svg><body onload="RUN"><iframe src="HERE/x"></iframe>
<svg></p><style><a id="</style><img src=1 onerror=RUN>">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;">
<form><math><mtext></form><form><mglyph><style></math><img src onerror=RUN>
<math><mtext><table><mglyph><style><math><table id="</table>"><img src onerror=RUN">
<svg><desc><title><![CDATA[</title><img src=1 onerror=RUN>]]></desc></svg>
<svg><annotation-xml><foreignObject><style><!--</style><p id="--&gt;&lt;img src='x' onerror='RUN'&gt;">
<math><annotation-xml encoding="text/html"><style><img src=x onerror=RUN></style></annotation-xml></math>
<noscript><p title="</noscript><img src=x onerror=RUN>"></noscript>
<textarea><p title="</textarea><img src=x onerror=RUN>"></textarea><title><p title="</title><img src=x onerror=RUN>">
<xmp><p title="</xmp><img src=x onerror=RUN>"></xmp><noembed><p title="</noembed><img src=x onerror=RUN>">
<select><template><style><!--</style><a rel="--&gt;&lt;/style&gt;&lt;/template&gt;&lt;img src onerror=RUN&gt;">
<template><p>a</p><script>RUN</script></template><table><template><td>x</template><td>y</table>
<a href="javascript:RUN">a</a><a href="java&#10;script:RUN">b</a><a href="&#1;javascript:RUN">c</a><a href="javascript&colon;RUN">d</a>
<a href="data:text/html,<script>RUN</script>">a</a><a href="vbscript:x">b</a><a href="//HERE/x">c</a><a href="blob:x">d</a>
<img src="javascript:RUN"><img src="HERE/x" srcset="HERE/y 2x"><picture><source srcset="HERE/z"><img src="HERE/x"></picture>
<link rel=stylesheet href="HERE/x"><style>@import "HERE/x"; body{background:url(HERE/y)}</style><p style="background:url(HERE/z)">a</p>
<meta http-equiv=refresh content="0;url=HERE/x"><base href="HERE/"><object data="HERE/x"></object><embed src="HERE/x"><video src="HERE/x" poster="HERE/y"></video>
<form action="HERE/x"><input autofocus onfocus=RUN><button formaction="javascript:RUN">a</button><form></form></form><isindex action="HERE/x">
<p title="&quot;&gt;&lt;img src=x onerror=RUN&gt;" lang='"><img src=x onerror=RUN>'>a</p><p lang="&quot;onclick=RUN">b</p>
&lt;script&gt;RUN&lt;/script&gt; &amp;lt;img src=x onerror=RUN&amp;gt; <p>&#60;img src=x onerror=RUN&#62;</p> &notit; &amp;#60;
<<script>RUN//<</script><scr<script>ipt>RUN</script><img """><script>RUN</script>"\><img src=`x` onerror=RUN>
<!--><img src=x onerror=RUN>--><!-- --!><img src=x onerror=RUN>--><!--><script>RUN</script><![CDATA[<img src=x onerror=RUN>]]><?x <img src=x onerror=RUN>?>
<ruby><rt><ruby><rt>a</ruby><p>b<rt>c</ruby><frameset><frame src="HERE/x"></frameset><plaintext><img src=x onerror=RUN>
<pre></pre><pre>  a&#10;&#13;&#10;b</pre><pre>&#10;a</pre><pre>&#10;&#10;a</pre><pre><b>&#10;a</b></pre><pre><div>a</div><p>b</p></pre>
<table><a href="https://a.example/">a<tr><td><a href="https://b.example/">b<tbody><td>c</a>d</table>e<nobr>f<nobr>g<table><colgroup><col><caption>h
END

count=0
while IFS= read -r line; do
    count=$((count + 1))
    printf '%s' "$line" | sed "s|HERE|$here|g; s|RUN|document.title=1|g" >"$work/case.html"
    "$tool" clean <"$work/case.html" >"$work/clean.html" || fail "case $count is refused"
    page <"$work/clean.html" >"$work/page.html"
    browse "$work/page.html"
    grep -q '<title>untouched</title>' "$work/dom" || fail "case $count runs: $(cat "$work/clean.html")"
    [ ! -s "$work/hits" ] || fail "case $count makes a request: $(cat "$work/clean.html")"
    page <"$work/clean.html" | as_written | sed '1s/^<!DOCTYPE html>//' >"$work/expected"
    tr '\n' '\r' <"$work/dom" | sed '1s/^<!DOCTYPE html>\r*//' | tr '\r' '\n' >"$work/got"
    echo >>"$work/expected" # --dump-dom ends with a line end
    cmp -s "$work/expected" "$work/got" || {
        diff "$work/expected" "$work/got" || :
        fail "case $count is another tree in the browser"
    }
done <"$work/cases"

# ---- many at once, as fragments and as whole documents
"$tool" soup 3000 >"$work/soup.html"
browse "$work/soup.html"
grep -q '<title>same 3000</title>' "$work/dom" || {
    grep -o '<title>.*</title>' "$work/dom" | head -c 4000
    fail 'a cleaned tag soup is another tree in the browser'
}
[ ! -s "$work/hits" ] || fail 'a tag soup makes a request'

echo "$count pages and 3000 fragments are in the browser what they are here"
