/*
 * What papers ask of their readers, in words of many languages.
 *
 * Stems, looked for anywhere in a line in small letters.  None of one paper.  One of them in a long paragraph says
 * nothing (stories are written about donations too): it is how densely they stand.
 */
#include <string.h>

#include "extract/text_page.h"

#define DENSE 110 /* characters for each stem, at most, where a paragraph is an appeal */

static const char *const stems[] = {
    /* English */
    "support us", "your support", "support our", "support the", "donat", "subscri", "newsletter", "sign up", "ad-free", "disabled all ads",
    "our journalism", "our reporting", "independent journalism", "need your help", "help us", "become a member", "membership",
    "every contribution", "remind me later", "not ready to", "payment method", "paiment method", "cookie", "privacy policy",
    "terms of", "reading experience", "your inbox", "log in", "sign in", "register now", "follow us", "share this", "all rights reserved",
    "click here", "our readers", "chip in", "paywall", "app store", "google play", "our app", "our channel", "already a subscriber",
    "create an account", "read more", "read also", "see also", "most read", "recommended", "advertisement", "skip to", "enable javascript",
    "accept all", "download the", "standing with us", "support independent", "open menu", "back to top", "leave a comment",
    "share on", "copy link", "gift this", "listen to this", "minutes ago", "hours ago",
    /* German */
    "spende", "unterstützen sie", "unterstütze uns", "abonn", "ihre unterstützung", "deine unterstützung", "unabhängigen journalismus",
    "anmelden", "datenschutz", "mitglied werden", "zum thema", "mehr lesen", "weiterlesen", "werbung", "anzeige", "impressum", "kostenlos testen",
    "jetzt teilen", "lesen sie auch",
    /* French */
    "soutenez", "votre soutien", "faire un don", "faites un don", "abonnez", "s'abonner", "abonné", "inscrivez", "publicité", "lire aussi",
    "journalisme indépendant", "se connecter", "connectez-vous", "partager", "à lire", "nous suivre", "lettre d'information",
    /* Spanish, Portuguese, Italian */
    "apóyanos", "apoya nuestro", "tu apoyo", "su apoyo", "donación", "donativo", "suscri", "boletín", "publicidad", "periodismo independiente",
    "hazte soci", "regístrate", "iniciar sesión", "compartir", "lee también", "te puede interesar", "seguir leyendo", "síguenos", "apoie",
    "seu apoio", "doação", "assine", "publicidade", "jornalismo independente", "leia também", "leia mais", "compartilh", "cadastre-se",
    "sostieni", "sostienici", "abbonat", "iscriviti", "pubblicità", "giornalismo indipendente", "leggi anche", "condividi", "accedi",
    /* Russian, Ukrainian, Polish, Czech */
    "поддержите", "поддержать нас", "ваша поддержка", "вашей поддержк", "пожертв", "подпис", "рассылк", "реклам", "донат", "нужна ваша помощь",
    "помогите нам", "читайте также", "читать далее", "поделиться", "по теме", "наш канал", "нашу редакцию", "войти", "куки", "підтрима",
    "ваша підтримка", "вашої підтримк", "розсилк", "читайте також", "поділитися", "стати другом", "wesprzyj", "wspieraj", "darowizn",
    "subskry", "reklam", "zapisz się", "twoje wsparcie", "czytaj także", "czytaj więcej", "udostępnij", "zaloguj", "podpořte", "předplat",
    "přihlásit", "odběr",
    /* Turkish, Arabic, Persian */
    "destek ol", "bağış", "abone", "bülten", "üye ol", "giriş yap", "paylaş", "ilgili haber", "devamını oku", "ادعم", "دعمكم", "دعمك", "تبرع",
    "اشترك", "النشرة البريدية", "إعلان", "اقرأ أيضا", "اقرأ أيضًا", "شارك", "تابعنا", "حمایت مالی", "حمایت کنید", "کمک مالی", "خبرنامه", "تبلیغ",
    "مشترک شوید", "عضویت", "بیشتر بخوانید", "اشتراک‌گذاری", "ما را دنبال",
    /* Chinese, Japanese, Korean, Vietnamese */
    "支持我们", "支持我們", "您的支持", "捐款", "捐赠", "捐贈", "订阅", "訂閱", "广告", "廣告", "赞助", "贊助", "登录", "登入", "注册", "註冊", "分享", "相关阅读",
    "相關閱讀", "延伸阅读", "延伸閱讀", "扫码", "下载app", "版权所有", "ご支援", "寄付", "購読", "メールマガジン", "ニュースレター", "広告", "会員登録", "ログイン",
    "シェア", "関連記事", "続きを読む", "후원", "구독", "뉴스레터", "광고", "회원가입", "로그인", "공유", "관련기사", "더보기", "ủng hộ chúng tôi", "đăng ký",
    "bản tin", "quảng cáo", "đăng nhập", "chia sẻ", "xem thêm", "tin liên quan",
};

/* The speech to readers begins. */
static const char *const openers[] = {
    "a message from", "a message to", "message to our", "dear reader", "dear friend", "before you go", "while you're here",
    "while you’re here", "we have a favour", "we have a favor", "a word from", "a note from", "note to readers", "enjoying ",
    "liebe leser", "liebe lesende", "in eigener sache", "chers lecteurs", "chères lectrices", "cher lecteur", "queridos lectores",
    "queridas lectoras", "estimados lectores", "querido lector", "caros leitores", "caro leitor", "cari lettori", "care lettrici",
    "caro lettore", "дорогие читатели", "уважаемые читатели", "дорогой читатель", "дорогі читачі", "шановні читачі", "drodzy czytelnicy",
    "drogi czytelniku", "vážení čtenáři", "milí čtenáři", "sevgili okur", "değerli okur", "أعزاءنا القراء", "عزيزي القارئ", "القراء الأعزاء",
    "خوانندگان عزیز", "خوانندگان گرامی", "خواننده عزیز", "خواننده گرامی", "亲爱的读者", "親愛的讀者", "各位读者", "各位讀者", "読者の皆", "독자 여러분",
    "quý độc giả", "bạn đọc thân mến",
};

static size_t count_stems(struct view folded, size_t enough)
{
    size_t n = 0;
    for (size_t i = 0; n < enough && i < sizeof stems / sizeof stems[0]; i++)
        n += memmem(folded.ptr, folded.len, stems[i], strlen(stems[i])) != NULL;
    return n;
}

const char *text_appeal(struct view folded, size_t length, bool prose)
{
    if (folded.len == 0)
        return NULL;
    size_t wanted = prose ? 1 + length / DENSE : 1;
    if (prose && wanted < 2)
        wanted = 2;
    if (!prose && length > 90)
        wanted = 2;
    return count_stems(folded, wanted) >= wanted ? "asks its readers for something" : NULL;
}

bool text_appeal_begins(struct view folded, size_t length)
{
    for (size_t i = 0; length <= 90 && i < sizeof openers / sizeof openers[0]; i++)
        if (folded.len >= strlen(openers[i]) && memcmp(folded.ptr, openers[i], strlen(openers[i])) == 0)
            return true;
    return false;
}
