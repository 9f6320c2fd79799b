/*
 * The names of the months in the languages that newspapers have.
 *
 * Nominative, genitive and short forms, all in small letters.  Only one name means two months: Croatian listopad
 * is October, Czech, Polish and Ukrainian November; the language decides.
 */
#include <stdio.h>
#include <string.h>

#include "extract/date.h"

/* Divided by spaces; "_" within a name of two words. */
static const char *const names[12] = {
    "january jan januar jänner jän janvier janv enero ene gennaio gen gennaro janeiro januari ianuarie ian leden ledna "
    "stycznia styczeń sty январь января янв січень січня січ студзень студзеня январи januára januára január ocak oca "
    "يناير كانون_الثاني جانفي ژانویه ינואר בינואר ιανουάριος ιανουαρίου ιαν siječanj siječnja јануар јануара tammikuu "
    "tammikuuta sausio sausis janvāris janvārī janvāra jaanuar janúar gener ianuari জানুয়ারি जनवरी มกราคม januarie "
    "januwari  януари",
    "february feb februar februari feber février févr fév fevrier febrero febbraio fev fevereiro februarie únor února luty "
    "lutego lut февраль февраля фев февр лютий лютого лют люты лютага февруари február februára február şubat şub فبراير شباط "
    "فيفري فوریه פברואר בפברואר φεβρουάριος φεβρουαρίου φεβ veljača veljače фебруар фебруара helmikuu helmikuuta vasario "
    "vasaris februāris februārī februāra veebruar febrúar febrer ফেব্রুয়ারি फ़रवरी फरवरी กุมภาพันธ์",
    "march mar mars märz mrz maerz marzo março marco maart mrt martie březen března marzec marca marzec март марта мар березень "
    "березня бер сакавік сакавіка marec március márc mart مارس آذار מרץ במרץ μάρτιος μαρτίου μαρ ožujak ožujka марта "
    "maaliskuu maaliskuuta kovo kovas marts martā marta märts març maret mac মার্চ मार्च มีนาคม",
    "april apr avril avr abril abr aprile aprilie duben dubna kwiecień kwietnia kwi апрель апреля апр квітень квітня квіт "
    "красавік красавіка април apríl apríla április ápr nisan nis أبريل ابريل إبريل نيسان أفريل آوریل אפריל באפריל απρίλιος "
    "απριλίου απρ travanj travnja априла huhtikuu huhtikuuta balandžio balandis aprīlis aprīlī aprīļa aprill এপ্রিল अप्रैल "
    "เมษายน",
    "may mai mayo maggio mag maio mei maj maja mai květen května május máj máju máji mája май мая травень травня трав траўня "
    "travня mayıs may مايو أيار ايار ماي مه مهٔ می מאי במאי μάιος μαΐου μαϊ μάι svibanj svibnja мај маја toukokuu toukokuuta "
    "gegužės gegužė maijs maijā maija maí maig মে मई พฤษภาคม mee",
    "june jun juni juin junio giugno giu junho iunie iun červen června czerwiec czerwca cze июнь июня июн червень червня черв "
    "чэрвень чэрвеня юни június jún júna haziran haz يونيو حزيران جوان ژوئن יוני ביוני ιούνιος ιουνίου ιουν ιούν lipanj lipnja "
    "јун јуна kesäkuu kesäkuuta birželio birželis jūnijs jūnijā jūnija juuni júní juny জুন जून มิถุนายน jún",
    "july jul juli juillet juil julio luglio lug julho iulie iul červenec července lipiec lipca июль июля июл липень липня лип "
    "ліпень ліпеня юли július júl júla temmuz tem يوليو تموز جويلية ژوئیه ژوییه יולי ביולי ιούλιος ιουλίου ιουλ ιούλ srpanj "
    "srpnja јул јула heinäkuu heinäkuuta liepos liepa jūlijs jūlijā jūlija juuli júlí juliol জুলাই जुलाई กรกฎาคม",
    "august aug août aout agosto ago augustus srpen srpna sierpień sierpnia sie август августа авг серпень серпня серп жнівень "
    "жніўня augusztus ağustos ağu أغسطس اغسطس آب أوت اوت אוגוסט באוגוסט αύγουστος αυγούστου αυγ kolovoz kolovoza "
    "август августа elokuu elokuuta rugpjūčio rugpjūtis augusts augustā augusta ágúst agost agustus ogos আগস্ট अगस्त สิงหาคม",
    "september sep sept septembre septiembre setiembre settembre set setembro septembrie září wrzesień wrzesnia września wrz "
    "сентябрь сентября сен сент вересень вересня вер верасень верасня септември septembra szeptember szept eylül eyl سبتمبر "
    "أيلول ايلول شتنبر سپتامبر ספטמבר בספטמבר σεπτέμβριος σεπτεμβρίου σεπ σεπτ rujan rujna септембар септембра syyskuu "
    "syyskuuta rugsėjo rugsėjis septembris septembrī septembra setembre সেপ্টেম্বর सितंबर सितम्बर กันยายน",
    "october oct oktober okt octobre octubre ottobre ott outubro out octombrie říjen října październik października paź октябрь "
    "октября окт жовтень жовтня жовт кастрычнік кастрычніка октомври október októbra ekim eki أكتوبر اكتوبر تشرين_الأول "
    "تشرين_الاول اکتبر אוקטובר באוקטובר οκτώβριος οκτωβρίου οκτ октобар октобра lokakuu lokakuuta spalio spalis oktobris oktobrī "
    "oktobra oktoober octubre অক্টোবর अक्टूबर अक्तूबर ตุลาคม",
    "november nov novembre noviembre novembro noiembrie nov listopad listopadu listopada lis ноябрь ноября ноя нояб листопад "
    "листопада лист лістапад лістапада ноември novembra kasım kas نوفمبر تشرين_الثاني نونبر نوامبر נובמבר בנובמבר νοέμβριος "
    "νοεμβρίου νοε новембар новембра marraskuu marraskuuta lapkričio lapkritis novembris novembrī novembra নভেম্বর नवंबर नवम्बर "
    "พฤศจิกายน nóvember",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro decembrie prosinec prosince grudzień grudnia "
    "gru декабрь декабря дек грудень грудня груд снежань снежня декември decembra aralık ara ديسمبر كانون_الأول كانون_الاول "
    "دجنبر دسامبر דצמבר בדצמבר δεκέμβριος δεκεμβρίου δεκ prosinac prosinca децембар децембра joulukuu joulukuuta gruodžio "
    "gruodis decembris decembrī decembra detsember desember des desembre disember ডিসেম্বর दिसंबर दिसम्बर ธันวาคม",
};

static const char *const solar_names[12] = {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد امرداد", "شهریور",
                                            "مهر",     "آبان",     "آذر",   "دی",  "بهمن",         "اسفند"};

static bool is_named(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == 0))
            return true;
    return false;
}

static int index_of(const char *const lists[12], const char *word)
{
    for (int i = 0; i < 12; i++)
        if (is_named(lists[i], word))
            return i + 1;
    return 0;
}

static bool is_lang(const char *lang, const char *code)
{
    return lang != NULL && strncmp(lang, code, 2) == 0 && (lang[2] == 0 || lang[2] == '-');
}

int month_of(const struct date_token *at, const char *lang, bool *solar, int *words)
{
    *solar = false;
    *words = 1;
    if (at->kind != DATE_WORD)
        return 0;
    if (at[1].kind == DATE_WORD) {
        char both[2 * sizeof at->word];
        snprintf(both, sizeof both, "%s_%s", at->word, at[1].word);
        int month = index_of(names, both);
        if (month > 0) {
            *words = 2;
            return month;
        }
    }
    int month = index_of(solar_names, at->word);
    if (month > 0) {
        *solar = true;
        return month;
    }
    if ((is_lang(lang, "hr") || is_lang(lang, "bs")) && strncmp(at->word, "listopad", 8) == 0)
        return 10;
    return index_of(names, at->word);
}
