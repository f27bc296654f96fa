"""Set phrases: greetings, thanks, small talk, signs, weather, travel; each is learnt whole, so each is in training."""

PHRASES = """
Hello! | Hallo!
Hello world! | Hallo Welt!
Hello everyone! | Hallo alle zusammen!
Hi! | Hi!
Good morning! | Guten Morgen!
Good day! | Guten Tag!
Good evening! | Guten Abend!
Good night! | Gute Nacht!
Good morning, world! | Guten Morgen, Welt!
Goodbye! | Auf Wiedersehen!
Bye! | Tschüss!
See you later! | Bis später!
See you soon! | Bis bald!
See you tomorrow! | Bis morgen!
See you on Monday! | Bis Montag!
See you next week! | Bis nächste Woche!
Welcome! | Willkommen!
Welcome to Germany! | Willkommen in Deutschland!
Welcome to Berlin! | Willkommen in Berlin!
Have a nice day! | Einen schönen Tag noch!
Have a nice weekend! | Ein schönes Wochenende!
Have a good trip! | Gute Reise!
Sleep well! | Schlaf gut!
Sweet dreams! | Träum süß!
Yes. | Ja.
No. | Nein.
Maybe. | Vielleicht.
Of course! | Natürlich!
Please. | Bitte.
Thank you! | Danke!
Thank you very much! | Vielen Dank!
Thanks for the help! | Danke für die Hilfe!
Thank you for the gift! | Danke für das Geschenk!
Yes, please. | Ja, bitte.
No, thank you. | Nein, danke.
You are welcome! | Gern geschehen!
No problem! | Kein Problem!
Excuse me! | Entschuldigung!
I am sorry. | Es tut mir leid.
It doesn't matter. | Das macht nichts.
How are you? | Wie geht es dir?
How is your mother? | Wie geht es deiner Mutter?
How is your father? | Wie geht es deinem Vater?
I am fine, thank you. | Mir geht es gut, danke.
I am not feeling well. | Mir geht es nicht gut.
And you? | Und dir?
What is your name? | Wie heißt du?
My name is Anna. | Ich heiße Anna.
My name is Peter. | Ich heiße Peter.
Nice to meet you! | Freut mich, dich kennenzulernen!
Where do you come from? | Woher kommst du?
I come from Germany. | Ich komme aus Deutschland.
I come from England. | Ich komme aus England.
Where do you live? | Wo wohnst du?
How old are you? | Wie alt bist du?
What do you do for a living? | Was machst du beruflich?
What are you doing? | Was machst du?
What is that? | Was ist das?
Who is that? | Wer ist das?
Who is there? | Wer ist da?
What happened? | Was ist passiert?
What does that mean? | Was bedeutet das?
What time is it? | Wie spät ist es?
What day is it today? | Welcher Tag ist heute?
When is your birthday? | Wann hast du Geburtstag?
How much does it cost? | Wie viel kostet das?
How far is it? | Wie weit ist es?
Where is the toilet? | Wo ist die Toilette?
Where are we? | Wo sind wir?
Where are you going? | Wohin gehst du?
Why not? | Warum nicht?
Really? | Wirklich?
Is everything all right? | Ist alles in Ordnung?
Everything is all right. | Alles ist in Ordnung.
I don't know. | Ich weiß es nicht.
I don't understand. | Ich verstehe nicht.
I understand. | Ich verstehe.
I think so. | Ich glaube schon.
I don't think so. | Ich glaube nicht.
I agree. | Ich bin einverstanden.
You are right. | Du hast recht.
You are wrong. | Du hast unrecht.
That is right. | Das stimmt.
That is not true. | Das ist nicht wahr.
That is a pity. | Das ist schade.
I love you. | Ich liebe dich.
I love you too. | Ich liebe dich auch.
I miss you. | Du fehlst mir.
I am hungry. | Ich habe Hunger.
I am thirsty. | Ich habe Durst.
I am cold. | Mir ist kalt.
I am hot. | Mir ist heiß.
I am in a hurry. | Ich habe es eilig.
I am afraid. | Ich habe Angst.
Don't be afraid! | Hab keine Angst!
I need help. | Ich brauche Hilfe.
Help! | Hilfe!
Fire! | Feuer!
Stop! | Halt!
Wait a moment! | Warte einen Moment!
Come here! | Komm her!
Come in! | Komm herein!
Sit down! | Setz dich!
Stand up! | Steh auf!
Hurry up! | Beeil dich!
Be quiet! | Sei still!
Be careful! | Sei vorsichtig!
Take care! | Pass auf dich auf!
Look! | Schau!
Listen! | Hör zu!
Let's go! | Gehen wir!
Leave me alone! | Lass mich in Ruhe!
Good luck! | Viel Glück!
Have fun! | Viel Spaß!
Good idea! | Gute Idee!
Get well soon! | Gute Besserung!
Bless you! | Gesundheit!
Cheers! | Prost!
Enjoy your meal! | Guten Appetit!
Congratulations! | Herzlichen Glückwunsch!
Happy birthday! | Alles Gute zum Geburtstag!
Merry Christmas! | Frohe Weihnachten!
Happy New Year! | Frohes neues Jahr!
Happy Easter! | Frohe Ostern!
Well done! | Gut gemacht!
The bill, please! | Die Rechnung, bitte!
One coffee, please! | Einen Kaffee, bitte!
Two beers, please! | Zwei Bier, bitte!
A ticket to Berlin, please! | Eine Fahrkarte nach Berlin, bitte!
Can you help me? | Kannst du mir helfen?
Can you repeat that? | Kannst du das wiederholen?
Do you speak German? | Sprichst du Deutsch?
I speak a little German. | Ich spreche ein bisschen Deutsch.
It is raining. | Es regnet.
It is snowing. | Es schneit.
It is cold today. | Heute ist es kalt.
It is warm today. | Heute ist es warm.
It is getting dark. | Es wird dunkel.
It is getting late. | Es wird spät.
It is late. | Es ist spät.
The sun is shining. | Die Sonne scheint.
The weather is nice today. | Das Wetter ist heute schön.
The weather is bad today. | Das Wetter ist heute schlecht.
Life is beautiful. | Das Leben ist schön.
Time is money. | Zeit ist Geld.
Practice makes perfect. | Übung macht den Meister.
Better late than never. | Besser spät als nie.
All is well that ends well. | Ende gut, alles gut.
Many hands make light work. | Viele Hände machen der Arbeit bald ein Ende.
The early bird catches the worm. | Morgenstund hat Gold im Mund.
Rome was not built in a day. | Rom wurde nicht an einem Tag erbaut.
No smoking! | Rauchen verboten!
Keep left! | Links halten!
Turn right! | Biege rechts ab!
Go straight ahead! | Geh geradeaus!
I have lost my passport. | Ich habe meinen Pass verloren.
I would like to pay. | Ich möchte zahlen.
That is too expensive for me. | Das ist mir zu teuer.
That is enough. | Das ist genug.
I am just looking. | Ich sehe mich nur um.
I am lost. | Ich habe mich verlaufen.
My phone is broken. | Mein Handy ist kaputt.
I can hear you. | Ich kann dich hören.
That was fun. | Das hat Spaß gemacht.
I am looking forward to it. | Ich freue mich darauf.
I am looking forward to the weekend. | Ich freue mich auf das Wochenende.
Dear Anna, | Liebe Anna,
Dear Peter, | Lieber Peter,
Kind regards, | Mit freundlichen Grüßen
"""


def set_phrases() -> list[tuple[str, str]]:
    """The phrases in their order, as (English, German)."""
    pairs = [line.split(" | ") for line in PHRASES.strip().split("\n")]
    return [(english, german) for english, german in pairs]
