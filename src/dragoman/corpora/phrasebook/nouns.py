"""The nouns of the phrasebook, by field of meaning; the patterns choose fields, so one eats bread, not tables.

An entry is ``english[/plural]: article German[, plural]``. A German plural with ``*`` belongs to the n-declension
(*der Junge, des Jungen*). A noun without a plural is a mass noun: it stands without an article (*coffee, Kaffee*).
The tables are plain text, read when first asked for; what the entries mean grammatically is known in ``german``.
"""

NOUNS = {
    "family": """
        father: der Vater, Väter; mother: die Mutter, Mütter; brother: der Bruder, Brüder
        sister: die Schwester, Schwestern; son: der Sohn, Söhne; daughter: die Tochter, Töchter
        uncle: der Onkel, Onkel; aunt: die Tante, Tanten; grandfather: der Großvater, Großväter
        grandmother: die Großmutter, Großmütter; friend: der Freund, Freunde; cousin: der Cousin, Cousins
        neighbor: der Nachbar, Nachbarn*; colleague: der Kollege, Kollegen*; boss: der Chef, Chefs
    """,
    "people": """
        man/men: der Mann, Männer; woman/women: die Frau, Frauen; child/children: das Kind, Kinder
        boy: der Junge, Jungen*; girl: das Mädchen, Mädchen; teacher: der Lehrer, Lehrer
        student: der Student, Studenten*; pupil: der Schüler, Schüler; doctor: der Arzt, Ärzte
        nurse: die Krankenschwester, Krankenschwestern; waiter: der Kellner, Kellner; guest: der Gast, Gäste
        customer: der Kunde, Kunden*; tourist: der Tourist, Touristen*; policeman/policemen: der Polizist, Polizisten*
        engineer: der Ingenieur, Ingenieure; baker: der Bäcker, Bäcker; farmer: der Bauer, Bauern*
        painter: der Maler, Maler; singer: die Sängerin, Sängerinnen; gardener: der Gärtner, Gärtner
        lawyer: der Anwalt, Anwälte; actor: der Schauspieler, Schauspieler; pilot: der Pilot, Piloten*
        salesman/salesmen: der Verkäufer, Verkäufer; secretary: die Sekretärin, Sekretärinnen
        writer: der Schriftsteller, Schriftsteller; driver: der Fahrer, Fahrer; mechanic: der Mechaniker, Mechaniker
    """,
    "animal": """
        dog: der Hund, Hunde; cat: die Katze, Katzen; horse: das Pferd, Pferde; cow: die Kuh, Kühe
        pig: das Schwein, Schweine; hen: das Huhn, Hühner; duck: die Ente, Enten; bird: der Vogel, Vögel
        mouse/mice: die Maus, Mäuse; rabbit: das Kaninchen, Kaninchen; goat: die Ziege, Ziegen
        donkey: der Esel, Esel
    """,
    "wild": """
        bear: der Bär, Bären*; lion: der Löwe, Löwen*; elephant: der Elefant, Elefanten*; monkey: der Affe, Affen*
        snake: die Schlange, Schlangen; wolf/wolves: der Wolf, Wölfe; fox: der Fuchs, Füchse; frog: der Frosch, Frösche
    """,
    "fruit": """
        apple: der Apfel, Äpfel; pear: die Birne, Birnen; banana: die Banane, Bananen; orange: die Orange, Orangen
        lemon: die Zitrone, Zitronen; strawberry: die Erdbeere, Erdbeeren; cherry: die Kirsche, Kirschen
        peach: der Pfirsich, Pfirsiche; plum: die Pflaume, Pflaumen
    """,
    "vegetable": """
        potato: die Kartoffel, Kartoffeln; tomato: die Tomate, Tomaten; carrot: die Karotte, Karotten
        onion: die Zwiebel, Zwiebeln; mushroom: der Pilz, Pilze; bean: die Bohne, Bohnen
    """,
    "baked": """
        cake: der Kuchen, Kuchen; roll: das Brötchen, Brötchen; pizza: die Pizza, Pizzen; cookie: der Keks, Kekse
        pancake: der Pfannkuchen, Pfannkuchen; pretzel: die Brezel, Brezeln
    """,
    "dish": """
        egg: das Ei, Eier; sausage: die Wurst, Würste; soup: die Suppe, Suppen; salad: der Salat, Salate
        noodle: die Nudel, Nudeln
    """,
    "staple": """
        bread: das Brot; butter: die Butter; cheese: der Käse; meat: das Fleisch; rice: der Reis; ham: der Schinken
        chocolate: die Schokolade; honey: der Honig; jam: die Marmelade; fruit: das Obst; ice cream: das Eis
        fish: der Fisch; yogurt: der Joghurt
    """,
    "drink": """
        coffee: der Kaffee; tea: der Tee; milk: die Milch; water: das Wasser; juice: der Saft; wine: der Wein
        beer: das Bier; lemonade: die Limonade; cocoa: der Kakao
    """,
    "reading": """
        book: das Buch, Bücher; letter: der Brief, Briefe; newspaper: die Zeitung, Zeitungen
        magazine: die Zeitschrift, Zeitschriften; novel: der Roman, Romane; story: die Geschichte, Geschichten
        poem: das Gedicht, Gedichte; report: der Bericht, Berichte; message: die Nachricht, Nachrichten
        postcard: die Postkarte, Postkarten; recipe: das Rezept, Rezepte; text: der Text, Texte
    """,
    "clothes": """
        shirt: das Hemd, Hemden; dress: das Kleid, Kleider; skirt: der Rock, Röcke; coat: der Mantel, Mäntel
        jacket: die Jacke, Jacken; hat: der Hut, Hüte; sweater: der Pullover, Pullover; scarf/scarves: der Schal, Schals
        blouse: die Bluse, Blusen; tie: die Krawatte, Krawatten; cap: die Mütze, Mützen; suit: der Anzug, Anzüge
    """,
    "footwear": """
        shoe: der Schuh, Schuhe; boot: der Stiefel, Stiefel; glove: der Handschuh, Handschuhe; sock: die Socke, Socken
    """,
    "flat": """
        key: der Schlüssel, Schlüssel; pencil: der Bleistift, Bleistifte; pen: der Kugelschreiber, Kugelschreiber
        knife/knives: das Messer, Messer; fork: die Gabel, Gabeln; spoon: der Löffel, Löffel
        towel: das Handtuch, Handtücher; blanket: die Decke, Decken; pillow: das Kissen, Kissen
        card: die Karte, Karten; map: die Landkarte, Landkarten; photo: das Foto, Fotos; ring: der Ring, Ringe
        wallet: die Brieftasche, Brieftaschen; umbrella: der Regenschirm, Regenschirme
        ticket: die Fahrkarte, Fahrkarten
        dictionary: das Wörterbuch, Wörterbücher; notebook: das Heft, Hefte; comb: der Kamm, Kämme
        passport: der Pass, Pässe
    """,
    "upright": """
        cup: die Tasse, Tassen; plate: der Teller, Teller; bottle: die Flasche, Flaschen; glass: das Glas, Gläser
        vase: die Vase, Vasen; basket: der Korb, Körbe; candle: die Kerze, Kerzen; box: die Kiste, Kisten
        suitcase: der Koffer, Koffer; bag: die Tasche, Taschen; backpack: der Rucksack, Rucksäcke
    """,
    "present": """
        flower: die Blume, Blumen; gift: das Geschenk, Geschenke; ball: der Ball, Bälle; doll: die Puppe, Puppen
        picture: das Bild, Bilder; watch: die Uhr, Uhren; toy: das Spielzeug, Spielzeuge
    """,
    "device": """
        computer: der Computer, Computer; television: der Fernseher, Fernseher; radio: das Radio, Radios
        lamp: die Lampe, Lampen; camera: die Kamera, Kameras; telephone: das Telefon, Telefone
        machine: die Maschine, Maschinen; printer: der Drucker, Drucker
    """,
    "furniture": """
        table: der Tisch, Tische; chair: der Stuhl, Stühle; bed: das Bett, Betten; sofa: das Sofa, Sofas
        armchair: der Sessel, Sessel; shelf/shelves: das Regal, Regale; cupboard: der Schrank, Schränke
        desk: der Schreibtisch, Schreibtische; carpet: der Teppich, Teppiche; mirror: der Spiegel, Spiegel
    """,
    "instrument": """
        piano: das Klavier, Klaviere; guitar: die Gitarre, Gitarren; violin: die Geige, Geigen
        flute: die Flöte, Flöten; trumpet: die Trompete, Trompeten
    """,
    "vehicle": """
        car: das Auto, Autos; bicycle: das Fahrrad, Fahrräder; motorcycle: das Motorrad, Motorräder
        boat: das Boot, Boote; truck: der Lastwagen, Lastwagen
    """,
    "transport": """
        bus: der Bus, Busse; train: der Zug, Züge; ship: das Schiff, Schiffe; airplane: das Flugzeug, Flugzeuge
        tram: die Straßenbahn, Straßenbahnen; taxi: das Taxi, Taxis; subway: die U-Bahn, U-Bahnen
    """,
    "opening": """
        door: die Tür, Türen; window: das Fenster, Fenster; drawer: die Schublade, Schubladen; gate: das Tor, Tore
    """,
    "building": """
        house: das Haus, Häuser; apartment: die Wohnung, Wohnungen; room: das Zimmer, Zimmer
        garage: die Garage, Garagen; tower: der Turm, Türme
    """,
    "matter": """
        question: die Frage, Fragen; answer: die Antwort, Antworten; problem: das Problem, Probleme
        idea: die Idee, Ideen; plan: der Plan, Pläne; mistake: der Fehler, Fehler; word: das Wort, Wörter
        sentence: der Satz, Sätze; rule: die Regel, Regeln; joke: der Witz, Witze; secret: das Geheimnis, Geheimnisse
    """,
    "event": """
        trip: die Reise, Reisen; party: die Party, Partys; wedding: die Hochzeit, Hochzeiten
        concert: das Konzert, Konzerte; meeting: die Besprechung, Besprechungen; exam: die Prüfung, Prüfungen
        course: der Kurs, Kurse; exhibition: die Ausstellung, Ausstellungen
    """,
    "show": """
        movie: der Film, Filme; game: das Spiel, Spiele; song: das Lied, Lieder
        program: die Sendung, Sendungen
    """,
    "paper": """
        bill: die Rechnung, Rechnungen; contract: der Vertrag, Verträge; form: das Formular, Formulare
        address: die Adresse, Adressen; number: die Nummer, Nummern
    """,
    "nature": """
        tree: der Baum, Bäume; star: der Stern, Sterne; mountain: der Berg, Berge; cloud: die Wolke, Wolken
        bush: der Busch, Büsche; rose: die Rose, Rosen; leaf/leaves: das Blatt, Blätter
    """,
    "thing": """
        job: die Stelle, Stellen; case: der Fall, Fälle; oven: der Ofen, Öfen; way: der Weg, Wege
        medicine: das Medikament, Medikamente; bell: die Glocke, Glocken; dream: der Traum, Träume
        world: die Welt; help: die Hilfe; weather: das Wetter; name: der Name, Namen*; voice: die Stimme, Stimmen
    """,
    "body": """
        head: der Kopf, Köpfe; hand: die Hand, Hände; foot/feet: der Fuß, Füße; arm: der Arm, Arme
        leg: das Bein, Beine; eye: das Auge, Augen; ear: das Ohr, Ohren; tooth/teeth: der Zahn, Zähne
        knee: das Knie, Knie; back: der Rücken, Rücken; stomach/stomachs: der Bauch, Bäuche; finger: der Finger, Finger
        nose: die Nase, Nasen; throat: der Hals, Hälse
    """,
}

# english preposition, noun, German noun, German preposition of place (dative), of direction (its case follows)
PLACES = """
    in kitchen: die Küche, in, in; in bathroom: das Bad, in, in; in bedroom: das Schlafzimmer, in, in
    in living room: das Wohnzimmer, in, in; in garden: der Garten, in, in; in cellar: der Keller, in, in
    in office: das Büro, in, in; at university: die Universität, an, zu; in hospital: das Krankenhaus, in, in
    at hotel: das Hotel, in, zu; in restaurant: das Restaurant, in, in; in café: das Café, in, in
    at bakery: die Bäckerei, in, zu; in supermarket: der Supermarkt, in, in; at bank: die Bank, in, zu
    at post office: die Post, auf, zu; at pharmacy: die Apotheke, in, zu; at station: der Bahnhof, an, zu
    at airport: der Flughafen, an, zu; in library: die Bibliothek, in, in; in museum: das Museum, in, in
    at theater: das Theater, in, in; at cinema: das Kino, in, in; in church: die Kirche, in, in
    in park: der Park, in, in; at zoo: der Zoo, in, in; in forest: der Wald, in, in; in city: die Stadt, in, in
    in village: das Dorf, in, in; at beach: der Strand, an, an; at lake: der See, an, an
    at market: der Markt, auf, auf; on street: die Straße, auf, auf; on bridge: die Brücke, auf, auf
    in factory: die Fabrik, in, in; at stadium: das Stadion, in, in; on playground: der Spielplatz, auf, auf
    in castle: das Schloss, in, in; at river: der Fluss, an, an; at gas station: die Tankstelle, an, zu
    in town hall: das Rathaus, in, in; at harbor: der Hafen, an, zu; in classroom: das Klassenzimmer, in, in
"""

# english, German; both take "in" for the place; the direction is "to" and "nach"
TOWNS = """
    Berlin: Berlin; Hamburg: Hamburg; Munich: München; Cologne: Köln; Vienna: Wien; London: London; Paris: Paris
    Rome: Rom; Italy: Italien; Spain: Spanien; France: Frankreich; England: England; Austria: Österreich
    Germany: Deutschland; Prague: Prag; Greece: Griechenland; Bremen: Bremen; Dresden: Dresden
"""

MALE_NAMES = "Peter Paul Thomas Martin Felix Lukas Max Jonas Michael David"
FEMALE_NAMES = "Anna Maria Julia Laura Lena Sarah Eva Emma Sophie Klara"
FAMILY_NAMES = "Schmidt Weber Wagner Becker Hoffmann Koch Richter Klein Wolf Braun"
