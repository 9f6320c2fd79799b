/* Phrases, each matched at the beginning of a line, or (where it ends in '$') against all of it. */
#include "extract/furniture_words.h"

#include <string.h>

#define HEAD_MOST 90 /* bytes of a line that can be a head */
#define LINE_MOST 260

static const struct {
    const char *phrase;
    enum furniture what;
} phrases[] = {
#define H(s) {s, FURNITURE_HEAD}
#define E(s) {s, FURNITURE_END}
#define L(s) {s, FURNITURE_LINE}
#define K(s) {s, FURNITURE_LEAD}
#define I(s) {s, FURNITURE_INVITATION}
    /* English */
    H("related articles"), H("related stories"), H("related posts"), H("related content"), H("related news"),
    H("related topics$"), H("related links"), H("related coverage"), H("related items"), H("related reading"),
    H("related$"), H("related:$"), H("read next"), H("read more$"), H("read more:$"), H("more from "),
    H("more stories"), H("more news"), H("more articles"), H("more on this"), H("more posts"), H("more like this"),
    H("most read"), H("most popular"), H("most viewed"), H("most shared"), H("most commented"), H("popular posts"),
    H("popular stories"), H("popular articles"), H("popular now"), H("popular$"), H("trending"), H("recommended$"),
    H("recommended for you"), H("recommended stories"), H("recommended articles"), H("recommended reading$"),
    H("you may also"), H("you might also"), H("you may like"), H("you might like"), H("don't miss$"),
    H("don’t miss$"), H("editor's picks"), H("editors' picks"), H("editor’s picks"), H("editors’ picks"),
    H("top stories"), H("latest news"), H("latest stories"), H("latest posts"), H("latest articles"),
    H("latest headlines"), H("recent posts"), H("recent articles"), H("recent stories"), H("recent news"),
    H("what to read next"), H("up next$"), H("keep reading$"), H("next article"), H("previous article"),
    H("next post"), H("previous post"), H("post navigation"), H("from around the web"), H("around the web"),
    H("you might be interested"), H("discover more"), H("explore more"), H("share this"), H("share on:"),
    H("share:$"), H("share$"), H("share on$"), H("tags$"), H("tags:$"), H("about the author"), H("about author"),
    H("about the writer"), H("follow us"), H("follow me"), H("newsletter$"), H("our newsletter"), H("sign up for"),
    H("subscribe$"), H("subscribe to"), H("sponsored content"), H("sponsored links"), H("promoted stories"),
    H("stay connected"), H("see also$"), H("see also:$"), H("other stories"), H("other news"), H("other articles"),
    H("similar articles"), H("similar posts"), H("in other news"), H("more in "), H("article tags"),
    H("table of contents"), H("contents$"), H("share this article"), H("share this story"), H("on this page$"),
    H("in this article$"), H("jump to$"), E("comments$"), E("comments ("), E("comments:"), E("leave a comment"),
    E("leave a reply"), E("post a comment"), E("add a comment"), E("add comment"), E("recent comments"),
    E("reader comments"), E("join the conversation"), E("join the discussion"), E("write a comment"),
    E("view comments"), E("show comments"), E("be the first to comment"), E("no comments"), E("0 comments"),
    E("1 comment$"), E("leave your comment"), E("have your say$"), E("responses to"), E("responses$"), E("replies$"), E("thoughts on"), E("comment$"), E("reader comments"), E("one response to"),
    E("submit a comment"), E("discussion$"), E("your comment"), E("conversation$"), E("comments are closed"),
    L("advertisement"), L("advertising$"), L("sponsored$"), L("story continues below"),
    L("article continues below"), L("continue reading"), L("continues below"), L("continued below"),
    L("scroll to continue"), L("story continues after"), L("article continues after"), L("sign up to "),
    L("subscribe now"), L("subscribe today"), L("click here to subscribe"), L("click to share"),
    L("click here to sign"), L("follow @"), L("follow him on"), L("follow her on"), L("follow them on"),
    L("follow "), L("listen to this"), L("listen to article"), L("photo:"), L("photo by"), L("photo credit"),
    L("photos:"), L("photos by"), L("image:"), L("image credit"), L("image source"), L("image via"),
    L("image courtesy"), L("photo courtesy"), L("photograph:"), L("photograph by"), L("picture:"),
    L("getty images"), L("getty$"), L("credit:"), L("caption:"), L("enlarge$"), L("hide caption"), L("toggle caption"),
    L("enlarge this image"), L("click to enlarge"), L("copyright ©"), L("©"), L("copyright 2"),
    L("all rights reserved"), L("(c) 2"), L("posted in"), L("posted on"), L("posted by"), L("posted at"),
    L("filed under"), L("filed in"), L("tagged"), L("tags:"), L("topics:"), L("categories:"), L("category:"),
    L("labels:"), L("keywords:"), L("loading"), L("please enable javascript"), L("this video is"),
    L("javascript is"), L("first published"), L("published:"), L("published on"), L("updated:"), L("last updated"),
    L("last modified"), L("back to top"), L("print this"), L("email this"), L("print$"), L("email$"), L("tweet$"),
    L("facebook$"), L("twitter$"), L("pinterest$"), L("linkedin$"), L("whatsapp$"), L("reddit$"), L("copy link"),
    L("link copied"), L("skip to "), L("shares$"), L("views$"), L("likes$"), L("min read"), L("minute read"), L("minutes read"), L("sign up for our"), L("read time"), L("reading time"), L("estimated reading"), L("listen$"), L("listen now"), L("news provided by"), L("share this content"), L("watch |"), L("read |"), L("listen |"), L("skip ad"), L("support our journalism"), L("download our app"),
    L("download the app"), L("get the app"), L("join our"), L("sign in"), L("log in"), L("register$"),
    L("already a subscriber"), L("this story has been shared"), L("read in app"), L("play$"), L("watch live"),
    L("share via"), L("like this:"), L("like loading"), L("report a typo"), L("report an error"),
    L("to leave a comment"), L("to comment on this"), L("you must be logged in"), L("save this"), L("save$"),
    L("bookmark$"), L("gift this"), L("view gallery"), L("show more$"), L("show less$"), L("see more$"), L("more$"),
    L("close$"), L("next$"), L("previous$"), L("menu$"), L("home$"), L("search$"), L("permalink"), L("reply$"),
    L("video$"), L("view all"), L("see all"), L("sponsor message"), L("contact us$"), L("email address"),
    L("thank you for subscribing"), L("please subscribe"), L("you have successfully"), K("read more"), K("read:"),
    K("read also"), K("also read"), K("read the full"), K("related:"), K("related "), K("see also"), K("see more"),
    K("see:"), K("more:"), K("more on"), K("watch:"), K("video:"), K("read next:"), K("don't miss:"), K("don't miss the latest"), K("don’t miss the latest"),
    K("view more"), L("related internet links"), L("more on this story"), I("... we have a small favour"), I("… we have a small favour"), I("when you buy a book using a link"),
    I("when you buy through links"), I("when you purchase through links"), I("if you buy through"),
    I("if you purchase an item through"), I("if you click on a link and"), I("we may earn a commission"),
    I("we may earn commission"), I("we may receive a commission"), I("this article contains affiliate"),
    I("this post contains affiliate"), I("this post may contain affiliate"), L("this article appears in the "),
    L("this article appeared in the "), L("this story appears in the "),
    K("explainer:"), K("get the latest"), K("sign up"), K("subscribe"), K("newsletter"), K("in pictures:"),
    K("next:"), K("previous:"), K("must read"), K("recommended:"),
    K("also see"), K("you may also"), K("have a tip"), K("got a tip"),
    /* German, French, Spanish, Portuguese, Italian, Dutch */
    H("mehr zum thema"), H("das könnte sie auch"), H("verwandte themen"), H("weitere artikel"), H("lesen sie auch"),
    H("auch interessant"), H("meistgelesen"), H("ähnliche artikel"), E("kommentare"), L("anzeige$"), L("teilen$"),
    K("mehr lesen"), K("weiterlesen"), K("lesen sie mehr"), L("foto:"), L("quelle:"), L("bild:"), H("themen$"),
    H("schlagworte"), K("mehr dazu"), K("mehr zum"), H("à lire aussi"), H("lire aussi"), H("sur le même sujet"),
    H("articles liés"), H("dans la même"), H("les plus lus"), E("commentaires"), L("publicité"), L("partager"),
    L("lire la suite"), K("lire plus"), L("abonnez-vous"), L("crédit photo"), H("noticias relacionadas"),
    H("artículos relacionados"), H("te puede interesar"), H("lo más leído"), H("lo más visto"), H("más noticias"),
    E("comentarios"), L("publicidad"), L("compartir"), K("leer más"), K("lee también"), K("lea también"),
    K("ver más"), L("suscríbete"), H("etiquetas"), H("temas$"), H("leia também"), H("notícias relacionadas"),
    H("veja também"), H("mais lidas"), E("comentários"), L("publicidade"), L("compartilh"), K("leia mais"),
    K("saiba mais"), H("leggi anche"), H("articoli correlati"), H("potrebbe interessarti"), H("più letti"),
    E("commenti"), L("pubblicità"), L("condividi"), K("leggi tutto"), K("continua a leggere"), H("lees ook"),
    H("meer over"), E("reacties"), L("advertentie"), L("deel dit"), K("lees meer"),
    /* Nordic, Polish, Czech, Turkish, Vietnamese, Indonesian */
    K("les også"), K("läs också"), K("läs mer"), L("annons"), L("annonse"), K("læs også"),
    L("artikkelen fortsetter"), H("czytaj także"), H("czytaj więcej"), H("zobacz także"), H("przeczytaj także"),
    H("najczęściej czytane"), E("komentarze"), L("reklama"), L("udostępnij"), K("więcej:"), H("související"),
    K("čtěte také"), K("přečtěte si"), E("diskuze"), E("diskuse"), H("bunu da oku"), H("bunları da oku"), H("ilgili haberler"), H("bunlar da ilginizi"),
    H("çok okunanlar"), H("son dakika"), E("yorumlar"), E("yorum yap"), L("reklam"), L("paylaş"), K("devamını oku"),
    K("haberin devam"), H("etiketler"), K("daha fazla"), K("ayrıca oku"), H("tin liên quan"), H("xem thêm"),
    H("bài liên quan"), H("tin cùng"), H("đọc thêm"), E("bình luận"), L("quảng cáo"), E("ý kiến"), L("chia sẻ"),
    H("baca juga"), H("berita terkait"), E("komentar"), L("iklan"), L("bagikan"), H("terpopuler"), K("simak juga"),
    K("lihat juga"),
    /* Russian, Ukrainian, Bulgarian */
    H("читайте также"), H("читать также"), H("читайте еще"), H("материалы по теме"), H("по теме"),
    H("другие новости"), H("самое читаемое"), H("популярное$"), H("новости по теме"), H("рекомендуем$"),
    H("похожие"), H("последние новости"), H("поделиться"), H("подписывайтесь"), H("теги$"), H("читайте нас"),
    H("главные новости"), H("смотрите также"), H("популярні"), H("читайте також"), H("матеріали за темою"),
    H("новини за темою"), H("також за темою"), H("останні новини"), H("поділитися"), H("підписуйтесь"),
    H("підписуйся"), H("вижте още"), H("още по темата"), H("прочетете още"), E("комментарии"),
    E("оставить комментарий"), E("обсуждение"), E("коментарі"), E("залишити коментар"), E("обсудить"),
    E("коментари"), L("реклама"), L("фото:"), L("теги:"), L("подпишитесь"), L("видео:$"), L("источник:"),
    L("джерело:"), L("підпишіться"), L("дзен$"), L("войти$"), L("ошибка в тексте"), L("нашли ошибку"),
    L("если вы нашли ошибку"), L("якщо ви знайшли помилку"), L("знайшли помилку"), K("подробнее"),
    K("читать далее"), K("смотрите"), K("докладніше"), K("читати далі"), K("детальніше"), K("ранее"), K("раніше"),
    K("оригинал"), K("по теме:"),
    /* Arabic, Persian, Hebrew */
    H("اقرأ أيضا"), H("إقرأ أيضا"), H("اقرأ المزيد"), H("مواضيع ذات صلة"), H("أخبار ذات صلة"), H("الأكثر قراءة"),
    H("الأكثر مشاهدة"), H("شارك"), H("المزيد من"), H("قد يعجبك"), H("مقالات ذات صلة"), H("اخبار متعلقة"),
    H("موضوعات متعلقة"), H("بیشتر بخوانید"), H("مطالب مرتبط"), H("اخبار مرتبط"), H("پربازدید"), H("همچنین بخوانید"),
    H("برچسب"), H("خبرهای مرتبط"), H("بیشتر در این باره"), H("مطالب پیشنهادی"), H("כתבות נוספות"), H("עוד בנושא"),
    H("קראו עוד"), E("التعليقات"), E("تعليقات"), E("أضف تعليق"), E("اترك تعليق"), E("نظرات"), E("دیدگاه"),
    E("ارسال نظر"), E("نظر شما"), E("תגובות"), L("إعلان"), L("اشترك"), L("اعلان$"), L("تابعونا"), L("منبع:"),
    L("عکس:"), L("آگهی"), L("تبلیغات"), L("کد خبر"), L("لینک کوتاه"), L("פרסומת"), L("צילום:"), K("للمزيد"),
    K("شاهد"), K("طالع"), K("ادامه مطلب"), K("بیشتر بدانید"),
    /* Chinese, Japanese, Korean, Hindi */
    H("相关阅读"), H("相关新闻"), H("相关文章"), H("延伸阅读"), H("推荐阅读"), H("热门"), H("更多新闻"), H("相關新聞"), H("相關文章"), H("延伸閱讀"),
    H("推薦閱讀"), H("更多"), H("分享到"), H("分享$"), H("猜你喜欢"), H("关联记事"), H("関連記事"), H("関連ニュース"), H("あわせて読みたい"), H("おすすめ"),
    H("人気記事"), H("ランキング"), H("最新記事"), H("この記事をシェア"), H("シェアする"), H("こちらもおすすめ"), H("관련기사"), H("관련 기사"), H("관련뉴스"),
    H("많이 본"), H("추천기사"), H("인기기사"), H("이 시각"), H("संबंधित"), H("यह भी पढ़ें"), H("और पढ़ें"), E("评论"), E("留言"),
    E("評論"), E("网友评论"), E("コメント"), E("댓글"), E("टिप्पणी"), L("广告"), L("廣告"), L("责任编辑"), L("責任編輯"), L("编辑："),
    L("（责编"), L("(责编"), L("扫码"), L("返回搜狐"), L("責編"), L("広告"), L("pr$"), L("写真："), L("写真="), L("（c）"), L("ⓒ"),
    L("무단전재"), L("저작권자"), L("<저작권"), L("विज्ञापन"), L("版权声明"), L("原标题"), K("点击"), K("查看更多"), K("阅读原文"), K("続きを読む"),
    K("もっと見る"), K("더보기"), K("बाकी"),
#undef H
#undef I
#undef E
#undef L
#undef K
};

/* ---- two words that meet nowhere else */

static bool has(struct view line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(line.ptr, line.len, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}
#define HAS(line, words) has(line, words, sizeof words / sizeof words[0])

/* "Sign up for our newsletter", "follow us on Facebook", "© 2026, all rights reserved": two words that meet nowhere else. */
static bool is_invitation(struct view line)
{
    static const char *const letters[] = {
        "newsletter", "inbox", "mailing list", "e-mail alerts", "email alerts", "рассылк", "розсилк",
    };
    static const char *const acts[] = {
        "sign up", "sign-up", "subscribe", "get the", "delivered", "join our", "register", "abonn", "suscr",
        "iscriv", "inscri", "anmeld", "подпи", "підпи", "assine",
    };
    static const char *const follow[] = {
        "follow us", "follow me", "follow @", "like us on", "find us on", "follow him", "follow her",
        "follow the ", "join us on", "folgen sie", "suivez", "síguenos", "siga", "подписывайтесь",
        "підписуйтесь",
    };
    static const char *const places[] = {
        "twitter", "facebook", "instagram", "youtube", "telegram", "linkedin", "whatsapp", "tiktok",
        "телеграм", "viber", "google news",
    };
    static const char *const rights[] = {
        "copyright", "©", "(c) 2",
    };
    static const char *const reserved[] = {
        "all rights reserved", "tous droits", "alle rechte", "todos los derechos", "все права",
        "may not be published", "без разрешения", "без дозволу",
    };
    static const char *const join[] = {
        "become a member", "become a supporter", "become a subscriber", "make a donation", "please donate", "please consider",
        "support us", "support our", "subscribe",
    };
    static const char *const ours[] = {
        "our work", "our journalism", "independent journalism", "our independent", "our reporting", "our newsroom",
        "our stories", "we do", "our coverage",
    };
    return (HAS(line, letters) && HAS(line, acts)) || (HAS(line, join) && HAS(line, ours)) || (HAS(line, follow) && HAS(line, places)) ||
           (HAS(line, rights) && HAS(line, reserved));
}

/* ---- phrases */

static bool matches(struct view line, const char *phrase)
{
    size_t len = strlen(phrase);
    bool whole = phrase[len - 1] == '$';
    len -= whole;
    return line.len >= len && (!whole || line.len == len) && memcmp(line.ptr, phrase, len) == 0;
}

enum furniture furniture_of(struct view line)
{
    if (line.len == 0 || line.len > LINE_MOST)
        return NOT_FURNITURE;
    if (is_invitation(line))
        return FURNITURE_INVITATION;
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        enum furniture what = phrases[i].what;
        bool head = what == FURNITURE_HEAD || what == FURNITURE_END;
        if (line.ptr[0] != (uint8_t)phrases[i].phrase[0] || !matches(line, phrases[i].phrase))
            continue;
        if (!head || line.len <= HEAD_MOST)
            return what;
        if (what == FURNITURE_HEAD) /* and what follows it is in the same paragraph */
            return FURNITURE_LEAD;
    }
    return NOT_FURNITURE;
}
