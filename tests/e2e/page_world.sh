# What the page is given to read, made by the program, below $work/world.  Sourced after lib.sh.
# shellcheck shell=sh disable=SC2154 # work is lib.sh's
sample=$MIMEO_SOURCE_DIR/tools/sample
mkdir -p "$work/world"
cd "$work/world" || exit 1

does() { timeout 60 "$MIMEO" -q "$@" >/dev/null 2>err || fault "$* $(cat err)"; }
issue() { # COMMAND ARGUMENTS…: by press
    command=$1
    shift
    does --library press.library "$command" -C press --key press.key "$@"
}

# press: an edition with pictures and in several languages; a correction, a retraction, an erasure.
make_publisher press
issue publish "$sample"/*.jsonl "$sample"/[!R]*.md
printf '{"id":"the-witness","lang":"en","section":"Courts","title":"A witness","body":"<p>Of her own will.</p>"}\n' >witness.jsonl
issue publish --sensitive witness.jsonl
printf -- '---\ntitle: "Winter ferries, corrected"\nlang: en\nsection: City\n---\nThe boats leave at seven.\n' >ferry.md
issue revise --note 'The first boat leaves at seven, not at six.' ferry-winter-timetable ferry.md
issue retract --reason 'The hours were others.' ketabkhane-shabane
issue retract --erase --yes --reason 'To protect her.' the-witness

# rival: another publisher that goes by the same name.
make_publisher rival
article 1 'What the rival says' | publish rival - >/dev/null 2>&1 || fault 'rival publishes'

# hostile: what a publisher can sign that means harm to its own readers.  What the program will not
# take (a script in a body is cleaned) the page is given by a worker that lies: hostile_worker.js.
make_publisher hostile '<img src=x onerror=mimeoRan(1)>"'
jq -cR '{id: "case-\(input_line_number)", lang: "en", section: "<svg onload=mimeoRan(2)>",
    title: "\(input_line_number): <img src=x onerror=mimeoRan(3)><script>mimeoRan(4)</script>",
    subtitle: "</h1><script>mimeoRan(5)</script>", byline: "<b onclick=mimeoRan(6)>x</b>",
    tags: ["<img src=x onerror=mimeoRan(7)>"], summary: "javascript:mimeoRan(8) \"><img src=x onerror=mimeoRan(9)>",
    url: "https://courier.example/\"onclick=mimeoRan(10)",
    body: ("<p>Case.</p>" + gsub("RUN"; "mimeoRan(0)") | gsub("HERE"; "http://hostile.invalid"))}' \
    "$MIMEO_SOURCE_DIR/tests/e2e/hostile_html.txt" >hostile.jsonl
does --library hostile.library publish -C hostile --key hostile.key hostile.jsonl

# What the program says of the same, for comparison.
"$MIMEO" list -C press --json 2>/dev/null >press.list
"$MIMEO" -q head --link press >press.link
"$MIMEO" head press --json 2>/dev/null | jq -r .digits >press.digits
"$MIMEO" verify press --json 2>/dev/null >press.verified

# A host's directory, with the page.
does --library press.library push -C press --with-reader --page "$page" "$work/site"

# What export makes of it: encrypted; one file with the page; and parts, of a publisher with more to say.
(umask 077 && printf 'harbour lights at dawn\n' >passphrase)
does export --encrypt --passphrase-file passphrase -o sealed press
does export --single-file --page "$page" -o single.html press
make_publisher wide
for n in 1 2 3 4 5 6; do
    od -An -v -tx1 -N24000 /dev/urandom | tr -d '\n' |
        jq -cR --arg n "$n" '{id: "wide-\($n)", lang: "en", title: "Wide \($n)", body: "<p>\(.)</p>"}' |
        publish wide - >/dev/null 2>&1 || fault "wide publishes $n"
done
does export --part-size 64K -o wide.mimeo wide
