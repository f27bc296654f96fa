"""Adjectives, adverbs and times of the phrasebook: small tables, read when first asked for.

An adjective is ``english[/comparative/superlative]: German [comparative superlative] > fields``; regular degrees are
left out. Adverbs and times are plain pairs, grouped by the tense they agree with.
"""

ADJECTIVES = """
    old: alt älter ältest > people family animal vehicle building furniture clothes upright nature
        instrument =book =picture =map =watch
    young: jung jünger jüngst > people animal wild
    new: neu > clothes footwear vehicle device furniture building upright flat reading show paper present
        instrument =boss =plan =idea =teacher =student =colleague =neighbor
    big/bigger: groß größer größt > animal wild building furniture upright nature vehicle baked =ball =gift
        =problem =mistake =doll =party =ship =airplane
    small: klein > animal building furniture upright nature vehicle baked present =boy =girl =child =dog
        =mistake =problem =boat
    long: lang länger längst > reading matter event =coat =dress =skirt =scarf =knife =table =snake =train =movie
    short: kurz kürzer kürzest > reading event matter =skirt =dress =movie =pencil =song
    beautiful/more beautiful: schön > =world clothes nature building present event reading =song =voice
        =woman =girl =horse =cat =bird =mirror
    expensive/more expensive: teuer > clothes footwear vehicle device furniture instrument present event
        =wine =ring =apartment =house =ticket =camera
    cheap: billig > clothes footwear vehicle device furniture =ticket =apartment =ring =camera =wine =umbrella
    red/-: rot > clothes footwear vehicle =apple =rose =flower =ball =car =umbrella =pencil =wine =door
        =house =pen =blanket
    blue/-: blau > clothes footwear vehicle upright =ball =car =umbrella =pencil =door =pillow =towel =flower =blanket
    green/-: grün > clothes footwear vehicle upright =apple =tree =door =towel =pencil =pillow =bottle =sofa =armchair
    yellow/-: gelb > clothes footwear upright =flower =banana =towel =lemon =leaf =pillow =umbrella
    black/-: schwarz > clothes footwear vehicle animal =umbrella =coffee =piano =pen =wallet =sofa =telephone
    white/-: weiß > clothes footwear animal =house =rose =cloud =towel =wine =plate =cup =door =cupboard =table
    brown/-: braun > clothes footwear animal =bear =table =egg =leaf =cupboard =wallet =chair
    gray/-: grau > clothes animal =cloud =wolf =house =sofa =carpet =elephant
    warm: warm wärmer wärmst > clothes footwear =milk =water =room =soup =blanket =bread =apartment
    cold: kalt kälter kältest > drink =soup =room =apartment =pizza =meat
    hot/hotter: heiß > =tea =coffee =soup =water =milk =cocoa =potato =oven
    fresh: frisch > fruit vegetable =bread =milk =egg =roll =fish =cheese =butter =salad =meat =flower =pretzel
    sweet: süß > fruit baked =tea =wine =juice =lemonade =cocoa
    good/better/best: gut besser best > people reading matter event show instrument staple drink =doctor
        =friend =camera =computer =soup =salad
    bad/worse/worst: schlecht > show event idea answer =teacher =joke =wine =book =plan =doctor =mechanic
    important/more important: wichtig > paper matter event =letter =message =report =man =woman =guest =customer =book
    interesting/more interesting: interessant > reading show matter event people
    boring/more boring: langweilig > reading show event =job =teacher =boss =game
    difficult/more difficult: schwierig > matter =text =exam =game =poem =customer =job =case
    easy/easier: einfach > =question =exam =plan =answer =recipe =game =song =text =sentence =word
    right/-: richtig > =answer =word =number =address =way =bus =train =key =room =sentence
    wrong/-: falsch > =answer =word =number =address =way =bus =train =key =bill =name =plan
    friendly/friendlier: freundlich > people family animal
    nice: nett > people family
    famous/more famous: berühmt > people =book =novel =picture =poem =song =movie =tower building
    rich: reich > =man =woman =lawyer =doctor =farmer =uncle =aunt =boss =tourist =actor =singer =customer
    poor: arm ärmer ärmst > =man =woman =farmer =student =painter =writer =child =dog
    strong: stark stärker stärkst > =man =horse =bear =coffee =boy =lion =donkey =tea =mechanic
    intelligent/more intelligent: intelligent > people animal =monkey =elephant =fox
    hard-working/more hard-working: fleißig > people colleague =son =daughter
    lazy/lazier: faul > animal =student =pupil =boy =waiter =son =driver =colleague
    tired/more tired: müde > people family animal
    sick: krank kränker kränkst > people family animal
    healthy/healthier: gesund gesünder gesündest > fruit vegetable =child =dog =horse =honey =fish =salad =man
    hungry/hungrier: hungrig > people animal wild
    happy/happier: glücklich > people family
    sad/sadder: traurig > people reading song movie
    dirty/dirtier: schmutzig > clothes footwear vehicle upright =towel =fork =spoon =knife =room =kitchen
        =window =dog =pig
    clean: sauber > clothes footwear upright =towel =fork =spoon =knife =room =kitchen =window =water =bed
    broken/-: kaputt > vehicle device furniture instrument upright =watch =umbrella =toy =doll =door =window =printer
    empty/-: leer > upright =bus =room =house =drawer =shelf =cupboard =garage =apartment =wallet
    full/-: voll > upright =bus =train =drawer =shelf =cupboard =tram =subway
    modern/more modern: modern > device furniture building vehicle =kitchen =office =museum =theater
    comfortable/more comfortable: bequem > furniture footwear =pillow =coat =sweater
    fast: schnell > vehicle transport horse =dog =driver =computer
    slow: langsam > vehicle transport =computer =waiter =donkey =driver =machine
    heavy/heavier: schwer > upright furniture =book =machine =television =dictionary
    dangerous/more dangerous: gefährlich > wild =dog =game =job =knife =way =trip =bridge
    quiet: ruhig > people =room =street =apartment =hotel =park =village =beach =lake
    loud: laut > device =child =dog =party =street =concert =game =motorcycle
    funny/funnier: lustig > reading people show =joke =hat =monkey =picture
    strange: seltsam > =world matter people reading =dream =gift =hat =bird
    unusual/more unusual: ungewöhnlich > =idea =gift =question =name =plan =hat building
    high: hoch höher höchst > nature building =shelf =chair
    pretty/prettier: hübsch > clothes =girl =woman =flower =room =house =doll =cup =vase =village
    free/-: frei > =room =chair =taxi =table =armchair
    tall: groß größer größt > =man =woman =boy =girl =tree =brother =son
"""

FREQUENCIES = "always: immer; often: oft; sometimes: manchmal; usually: meistens; rarely: selten; never: nie"
HABITS = """
    every day: jeden Tag; every morning: jeden Morgen; every evening: jeden Abend; every week: jede Woche
    on Mondays: montags; on Sundays: sonntags; on Saturdays: samstags; on weekends: am Wochenende
    in the evening: am Abend; in the morning: am Morgen; in the afternoon: am Nachmittag; at night: in der Nacht
    every weekend: jedes Wochenende
"""
SEASONS = """
    in summer: im Sommer; in winter: im Winter; in spring: im Frühling; in autumn: im Herbst
    once a month: einmal im Monat; every month: jeden Monat; twice a week: zweimal pro Woche
    every year: jedes Jahr; every summer: jeden Sommer
"""
FAR_TIMES = (
    "next year: nächstes Jahr; next summer: nächsten Sommer; next month: nächsten Monat; next winter: nächsten Winter"
)
LONG_AGO = (
    "last year: letztes Jahr; last summer: letzten Sommer; last winter: letzten Winter; ten years ago: vor zehn Jahren"
)
PRESENT_MOMENTS = "right now: gerade; now: jetzt; at the moment: im Moment; again: wieder; today: heute"
PAST_TIMES = """
    yesterday: gestern; yesterday evening: gestern Abend; last week: letzte Woche; last month: letzten Monat
    this morning: heute Morgen; an hour ago: vor einer Stunde; two days ago: vor zwei Tagen
    three weeks ago: vor drei Wochen; the day before yesterday: vorgestern; a week ago: vor einer Woche
    last Sunday: letzten Sonntag; last Friday: letzten Freitag; last night: letzte Nacht
"""
FUTURE_TIMES = """
    tomorrow: morgen; tomorrow morning: morgen früh; tomorrow evening: morgen Abend; next week: nächste Woche
    next month: nächsten Monat; soon: bald; later: später; on Monday: am Montag
    on Tuesday: am Dienstag; on Wednesday: am Mittwoch; on Thursday: am Donnerstag; on Friday: am Freitag
    on Saturday: am Samstag; on Sunday: am Sonntag; the day after tomorrow: übermorgen; tonight: heute Abend
    in an hour: in einer Stunde; after lunch: nach dem Mittagessen
    before breakfast: vor dem Frühstück; after work: nach der Arbeit
"""
DONE = "already: schon; just: gerade; finally: endlich"

# english base/past/participle, German, fitting manners
MANNERS = """
    speak/spoke/spoken: sprechen spricht gesprochen > loudly quietly fast slowly well clearly
    sing/sang/sung: singen - gesungen > loudly quietly well beautifully badly
    drive/drove/driven: fahren fährt gefahren > fast slowly carefully badly well
    work: arbeiten > fast slowly carefully well hard
    cook: kochen > well badly
    swim/swam/swum: schwimmen - geschwommen > fast slowly well badly
    run/ran/run: laufen läuft gelaufen > fast slowly
    write/wrote/written: schreiben - geschrieben > fast clearly slowly well beautifully
    dance: tanzen > well badly beautifully
    laugh: lachen > loudly quietly
    study: lernen > fast hard slowly well
    read/read/read: lesen liest gelesen > fast slowly loudly quietly
    sleep/slept/slept: schlafen schläft geschlafen > well badly
    play: spielen > well badly loudly quietly fast
"""
MANNER_WORDS = """
    loudly: laut; quietly: leise; fast: schnell; slowly: langsam; well: gut; badly: schlecht; clearly: deutlich
    beautifully: schön; carefully: vorsichtig; hard: hart
"""
DEGREES = "very: sehr; too: zu; quite: ziemlich; really: wirklich; not very: nicht sehr; so: so"

LANGUAGES = """
    German: Deutsch; English: Englisch; French: Französisch; Spanish: Spanisch; Italian: Italienisch
    Russian: Russisch; Chinese: Chinesisch; Greek: Griechisch; Polish: Polnisch
"""
SPORTS = "soccer: Fußball; tennis: Tennis; chess: Schach; cards: Karten; basketball: Basketball"
