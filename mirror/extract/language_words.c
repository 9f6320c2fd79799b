/*
 * Words of languages (language_words.h), looked up by hash: a text has thousands.
 */
#include "extract/language_words.h"

#include <pthread.h>
#include <string.h>

const struct language_profile language_profiles[LANGUAGES] = {
    {"en", LATIN, " the of and to in a is that for on was with as it by at be from has are have this not but they which or an will who "
                  "said were been their his he its had would ", ""},
    {"de", LATIN, " der die und in den das von zu mit ist des auf für im dem nicht ein eine sich als auch es an werden aus er hat dass "
                  "sie nach wird bei einer um am sind noch ", "ß"},
    {"fr", LATIN, " de la le les et des en du à dans un une que est pour qui sur par au pas plus il a ce avec ne se son sont été aux "
                  "cette mais ", "œêèç"},
    {"es", LATIN, " de la que el en y los del se las por un para con no una su al lo como más es o pero sus le ha este sobre también "
                  "fue desde ", "ñ¿¡"},
    {"it", LATIN, " di e il la che in un per è del non una le con si da dei al sono della gli ha alla anche nel più come ma delle lo "
                  "questo ", ""},
    {"pt", LATIN, " de a o que e do da em um para com não uma os no se na por mais as dos como mas ao foi das à são pelo também ele ", "ãõ"},
    {"nl", LATIN, " de van het een en in is dat op te zijn voor met die niet aan er om ook als bij door naar uit nog maar worden ", ""},
    {"pl", LATIN, " w i na się z do nie że jest to o po za przez jak od ale dla oraz ma są był który tym tego jego ", "łżąęśź"},
    {"cs", LATIN, " a v se na je že s z do o to i ve k za pro od po jsou by ale podle jako jeho který která není ", "řěů"},
    {"tr", LATIN, " ve bir bu da de için ile olarak çok daha olan gibi kadar sonra ancak en ise ne o olduğu var ", "ğışİ"},
    {"vi", LATIN, " của và là có được cho trong không các với một người đã này những để khi từ đến về ở cũng ", "ơưđạảấầậắặếềểệọốồộớờợủứừựị"},
    {"id", LATIN, " yang dan di dengan untuk dari ini dalam pada itu tidak akan ke juga adalah oleh karena telah bisa ada ", ""},
    {"sv", LATIN, " och i att det som en på är av för med till den har de inte om ett han men var jag från så ", "å"},
    {"da", LATIN, " og i at det er en til på som af for med den der de har ikke et om men var han sig fra blev ", "æøå"},
    {"no", LATIN, " og i det er på som en til av for at med de har ikke den om et men var han seg fra ble jeg ", "æøå"},
    {"fi", LATIN, " ja on ei että se oli hän mutta ovat kun myös joka mukaan tai kuin sen ollut niin ", ""},
    {"hu", LATIN, " a az és hogy nem is egy van meg volt már csak ez azt mint de még el lesz ", "őű"},
    {"ro", LATIN, " de și în a la cu pe că nu o din să care este un mai pentru au fost sunt ale lui ", "ășț"},
    {"hr", LATIN, " i u je na se da za su od s a koji o kako ne iz nije će to bi što te kao ", "đćč"},
    {"lv", LATIN, " un ir no ar par ka kas uz bet arī lai tika gan nav pēc tas kā to bija ", "ļņķģāēū"},
    {"lt", LATIN, " ir kad su į iš yra tai bet kaip buvo dėl ar jis apie nuo jau per už ", "ėįųū"},
    {"et", LATIN, " ja on ei et ka oli see kui aga mis ta ning või oma kes mida ", ""},
    {"ru", CYRILLIC, " и в не на что с по как из к у за от он это о для но его все же так она было а то быть до ", "ыэё"},
    {"uk", CYRILLIC, " і в не на що з та у до за як від про це й для він але його які також із або є був ", "їєґі"},
    {"be", CYRILLIC, " і ў на не што з да у як за гэта па для ад але яго якія быў або ", "ўі"},
    {"bg", CYRILLIC, " и на да се в за от не че е с са по като ще но при това до са който ", ""},
    {"sr", CYRILLIC, " и у је на се да за су од са а који о како не из није ће то би што те као ", "јљњћђџ"},
    {"ar", ARABIC, " في من على أن إلى عن التي الذي مع هذا ما لا كان بعد هذه قال أو بين كما وقد كل ", ""},
    {"fa", ARABIC, " و در به از که این را با است برای آن یک تا بر می شد خود هم های کرد شده نیز ", "پچگژ"},
    {"ur", ARABIC, " کے میں کی ہے اور سے کا کو نے پر ہیں کہ یہ اس نہیں بھی ", "ٹڈےں"},
    {"hi", DEVANAGARI, " के में की है से और को का ने पर हैं कि यह भी इस नहीं ", ""},
};

#define SLOTS 4096 /* a power of two, some four times the words */

struct slot {
    const char *at; /* the word within its list; NULL: free */
    uint32_t len;
    bool mark;
    uint64_t languages;
};
static struct slot slots[SLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct slot *slot_of(struct view word, bool mark)
{
    uint32_t hash = mark ? 7 : 2166136261U;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ word.ptr[i]) * 16777619U;
    for (size_t at = hash & (SLOTS - 1);; at = (at + 1) & (SLOTS - 1)) {
        struct slot *s = &slots[at];
        if (s->at == NULL || (s->mark == mark && s->len == word.len && memcmp(s->at, word.ptr, word.len) == 0))
            return s;
    }
}

static void add(struct view word, bool mark, size_t language)
{
    struct slot *s = slot_of(word, mark);
    s->at = (const char *)word.ptr;
    s->len = (uint32_t)word.len;
    s->mark = mark;
    s->languages |= (uint64_t)1 << language;
}

static void build(void)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        for (const char *at = language_profiles[i].words; *at != 0;) {
            size_t len = strcspn(at, " ");
            if (len > 0)
                add(view_of(at, len), false, i);
            at += len + (at[len] == ' ');
        }
        for (const char *at = language_profiles[i].marks; *at != 0;) {
            size_t len = 1;
            while (((uint8_t)at[len] & 0xC0) == 0x80)
                len++;
            add(view_of(at, len), true, i);
            at += len;
        }
    }
}

void language_words_ready(void)
{
    pthread_once(&once, build);
}

uint64_t language_of_word(struct view word)
{
    language_words_ready();
    return slot_of(word, false)->languages;
}

uint64_t language_of_mark(struct view letter)
{
    language_words_ready();
    return slot_of(letter, true)->languages;
}
