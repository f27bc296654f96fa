"""The verbs of the phrasebook, by what they ask for: an object of certain fields, a dative, a preposition, nothing.

An entry is ``english[/past/participle]: German [er-form participle] [+mark…] [> fields]``. Regular forms are left
out; ``-`` keeps a place; ``auf·stehen`` is separable. Marks: ``+sein`` (perfect with *sein*), ``+state`` (no English
progressive), ``+habit`` (something done again and again), ``+sich`` (reflexive), ``+always`` (present only),
``+event`` (it happens to one: *lose, find*), ``+known`` (its object is known: *the, my*). After ``>`` stand the fields
of fitting objects, or single nouns with ``=``.
"""

TRANSITIVE = """
    eat/ate/eaten: essen isst gegessen +habit > fruit baked dish staple
    drink/drank/drunk: trinken - getrunken +habit > drink
    buy/bought/bought: kaufen +habit > fruit vegetable baked dish staple drink reading clothes footwear flat
        upright present device furniture vehicle instrument
    sell/sold/sold: verkaufen > fruit vegetable vehicle furniture device instrument clothes animal =house
        =apartment =picture
    cook: kochen +habit > vegetable =soup =egg =noodle =rice =meat =fish
    bake: backen bäckt gebacken +habit > baked =bread
    order: bestellen +habit > baked dish drink =book =taxi =ice_cream
    try: probieren > fruit baked dish =cheese =ham =wine =juice =cocoa
    read/read/read: lesen liest gelesen +habit > reading
    write/wrote/written: schreiben - geschrieben +habit > reading =song
    translate: übersetzen - übersetzt > reading =sentence =song =word
    see/saw/seen: sehen sieht gesehen +state > people animal wild building nature transport family
    look for: suchen > people animal flat upright device clothes footwear family =book =letter =car =mistake =job
    find/found/found: finden - gefunden +event > animal flat upright clothes footwear present =answer
        =mistake =book =letter
    need: brauchen +state > clothes footwear flat upright device furniture vehicle =answer =plan =room =doctor =lawyer
    bring/brought/brought: bringen - gebracht > drink baked flat upright present =salad =soup =newspaper =fruit
    take/took/taken: nehmen nimmt genommen > flat upright transport fruit =medicine
    wear/wore/worn: tragen trägt getragen +habit > clothes footwear
    wash: waschen wäscht gewaschen +habit +known > clothes vegetable fruit =car =truck =dog =horse =sock =towel
    repair: reparieren +known > vehicle device opening furniture =watch
    clean: putzen +habit +known > opening footwear furniture =bathroom =kitchen =apartment =bicycle =car
    open: öffnen +known > opening =box =bottle =suitcase =bag =backpack =letter =gift =umbrella
    close: schließen - geschlossen +known > opening =umbrella =bag =suitcase =box
    visit: besuchen +habit +known > family =museum =castle =exhibition =zoo =course =doctor
    know/knew/known: kennen - gekannt +state +always +known > people family building reading =song =movie
        =joke =rule =address
    understand/understood/understood: verstehen - verstanden +state +known > matter reading =movie =teacher
        =boss =contract
    forget/forgot/forgotten: vergessen vergisst vergessen +event +known > flat matter paper =umbrella
        =backpack =gift =exam
    love: lieben +state +always +known > family animal =ice_cream =chocolate
    hear/heard/heard: hören +state > family animal song =wolf =radio =airplane =concert =trumpet =violin =flute
    draw/drew/drawn: zeichnen > animal wild nature building =map vehicle =plan
    paint: malen > picture nature =horse =cat =bird =castle =bridge =ship =house
    build/built/built: bauen > building =bridge =boat =ship =shelf =table =castle
    rent: mieten > vehicle apartment house =room =garage
    pay/paid/paid: bezahlen +known > =bill
    pay for/paid for/paid for: bezahlen +known > event =meat =ticket =coffee =soup =taxi =room =book =cake
    feed/fed/fed: füttern +habit +known > animal =monkey =bear =elephant =lion
    answer: beantworten +known > =question =letter =message =postcard
    ask: fragen +known > people family
    lose/lost/lost: verlieren - verloren +event > flat footwear =game =camera =backpack =suitcase =scarf =hat =watch
    carry: tragen trägt getragen +known > upright furniture =computer =television =printer =piano
    pack: packen > =suitcase =bag =backpack =box =basket
    hide/hid/hidden: verstecken > flat present =letter =chocolate =cookie
    steal/stole/stolen: stehlen stiehlt gestohlen > vehicle =wallet =watch =ring =camera =picture =passport =suitcase
    solve: lösen +known > =problem =case
    photograph: fotografieren > wild nature building family =church =bridge =ship =castle =lake
    cut/cut/cut: schneiden - geschnitten > vegetable fruit =bread =meat =cake =pizza =cheese =ham
    study: studieren +known > =plan =map =contract =report =text
    sign: unterschreiben - unterschrieben +known > =contract =form =letter =report =card
    meet/met/met: treffen trifft getroffen +known > people family
    push: schieben - geschoben +known > furniture =bicycle =car =box
    break/broke/broken: zerbrechen zerbricht zerbrochen > =cup =plate =glass =vase =bottle =mirror =window
    choose/chose/chosen: wählen > clothes baked =movie =song =book =room =gift
    check: prüfen +known > paper =ticket =passport =answer =plan =machine =text
    plant: pflanzen > =tree =flower =rose =bush =potato =tomato =onion =bean
    praise: loben +known > people =son =daughter =soup =idea =cake
    explain: erklären +known > matter =text =poem =contract =machine
    count: zählen > =star =bottle =hen =bird =book =cup =mistake
    invite: ein·laden lädt eingeladen +known > family people
    pick up: ab·holen +known > family =guest =suitcase =car =child =passport =student
    call: an·rufen - angerufen +habit +known > family =doctor =policeman =lawyer =guest =customer =mechanic
    turn on: ein·schalten +known > device =oven
    turn off: aus·schalten +known > device =oven
    put on/put on/put on: an·ziehen - angezogen +known > clothes footwear
    clean up: auf·räumen +habit +known > =room =kitchen =apartment =garage =office =desk =cellar =cupboard
    fill out: aus·füllen +known > =form
    throw away/threw away/thrown away: weg·werfen wirft weggeworfen +known > reading =shoe =boot =sock
        =bottle =carpet =sofa
    bring along/brought along/brought along: mit·bringen - mitgebracht > present drink baked =umbrella
        =camera =map =guitar
    prepare: vor·bereiten - vorbereitet +known > event =salad =soup =report =party
"""

DATIVE = """
    help: helfen hilft geholfen +habit +known > family people
    thank: danken +known > family people
    congratulate: gratulieren +known > family people
    trust: vertrauen - vertraut +state +always +known > family =doctor =lawyer =teacher =pilot
    follow: folgen +sein +known > =man =woman =dog =car =policeman =bus =tourist =driver
    believe: glauben +state +always +known > family =child =boy =girl =student =policeman =doctor
    listen to: zu·hören +habit +known > family =teacher =singer =child =doctor =tourist =writer
"""

DITRANSITIVE = """
    give/gave/given: geben gibt gegeben > flat upright present reading fruit drink =cookie
    show/showed/shown: zeigen > flat reading present building vehicle clothes =camera =way
    send/sent/sent: schicken > reading present =card =photo =bill =contract =form =key =address
    lend/lent/lent: leihen - geliehen > vehicle flat reading instrument =camera =computer =suitcase =tie
    sell/sold/sold: verkaufen > vehicle instrument furniture =house =horse =cow =computer
    recommend: empfehlen empfiehlt empfohlen > =book =novel =movie =soup =wine =salad =course =doctor =magazine =fish
"""

# english verb with preposition: German, preposition, case
PREPOSITIONAL = """
    wait for: warten, auf, accusative > transport family =doctor =answer =letter =message =waiter =taxi =guest
    think of/thought of/thought of: denken - gedacht, an, accusative > family trip exam party =movie
    talk about: sprechen spricht gesprochen, über, accusative > event matter show =book =boss =teacher =novel =poem
    dream of: träumen, von, dative > =trip =wedding =horse =house =boat =wolf =garden =castle =snake
    talk to: sprechen spricht gesprochen, mit, dative > people family
    play with: spielen, mit, dative > =dog =cat =child =ball =doll =toy =friend =rabbit
    laugh about: lachen, über, accusative > =joke =mistake =picture =story =hat =monkey =movie
    ask for: bitten - gebeten, um, accusative > =bill =answer =map =address =number =glass =spoon =fork =knife
    work with: arbeiten, mit, dative > colleague =computer =boss =machine =engineer =mechanic =dictionary =writer
    dance with: tanzen, mit, dative > =friend =mother =sister =guest =actor =woman =singer =teacher
"""

INTRANSITIVE = """
    work: arbeiten +habit; sleep/slept/slept: schlafen schläft geschlafen +habit; dance: tanzen +habit
    cry: weinen; laugh: lachen; sing/sang/sung: singen - gesungen +habit; cook: kochen +habit
    study: lernen +habit; swim/swam/swum: schwimmen - geschwommen +sein +habit
    wait: warten; smoke: rauchen +habit; paint: malen +habit; travel: reisen +sein +habit
    run/ran/run: laufen läuft gelaufen +sein +habit; hike: wandern +sein +habit
    get up/got up/gotten up: auf·stehen - aufgestanden +sein +habit
    wake up/woke up/woken up: auf·wachen +sein +habit
    fall asleep/fell asleep/fallen asleep: ein·schlafen schläft eingeschlafen +sein +habit
    watch TV: fern·sehen sieht ferngesehen +habit
    go shopping/went shopping/gone shopping: ein·kaufen +habit
    come along/came along/come along: mit·kommen - mitgekommen +sein
    come back/came back/come back: zurück·kommen - zurückgekommen +sein
    leave/left/left: weg·gehen - weggegangen +sein
    rest: aus·ruhen +sich +habit; hurry: beeilen +sich +habit
    get dressed/got dressed/gotten dressed: an·ziehen - angezogen +sich +habit
    go for a walk/went for a walk/gone for a walk: spazieren_·gehen - spazieren_gegangen +sein +habit
    have breakfast/had breakfast/had breakfast: frühstücken +habit
    take a shower/took a shower/taken a shower: duschen +habit
"""

# verbs of being somewhere, and verbs of going somewhere
STAYING = """
    work: arbeiten +habit; wait: warten; sit/sat/sat: sitzen - gesessen +habit; stand/stood/stood: stehen - gestanden
    play: spielen +habit; eat/ate/eaten: essen isst gegessen +habit
    sleep/slept/slept: schlafen schläft geschlafen +habit; study: lernen +habit
    sing/sang/sung: singen - gesungen +habit; dance: tanzen +habit
"""
GOING = """
    go/went/gone: gehen - gegangen +sein +habit; run/ran/run: laufen läuft gelaufen +sein +habit
    come/came/come: kommen - gekommen +sein +habit; drive/drove/driven: fahren fährt gefahren +sein +habit
"""
TRAVELLING = """
    travel: reisen +sein +habit; fly/flew/flown: fliegen - geflogen +sein +habit
    drive/drove/driven: fahren fährt gefahren +sein +habit; move: ziehen - gezogen +sein
"""
