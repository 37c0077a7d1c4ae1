"""Invented buyers and real-looking addresses for generated orders, by country.

Streets and names are made up. The shapes are those that trouble importers: umlauts, addresses with no state or no
city, a street in the second line, a ZIP+4, Japanese script, and apostrophes.
"""

FIRST_NAMES = {
    "US": ("Maria", "James", "Aaliyah", "Robert", "Linh", "Dwayne", "Ruth", "Sean"),
    "GB": ("Oliver", "Amelia", "Siobhán", "Harpreet", "George", "Zoë", "Alun", "Priya"),
    "DE": ("Jürgen", "Käthe", "Mehmet", "Anneliese", "Björn", "Svenja", "Günther", "Lea"),
    "JP": ("陽翔", "結衣", "健太", "美咲", "大輔", "さくら", "翔太", "恵子"),
    "FR": ("Élodie", "Jean-Baptiste", "Aïcha", "François", "Maëlys", "Loïc"),
    "IT": ("Niccolò", "Chiara", "Giuseppe", "Zoë", "Lucia", "Matteo"),
    "ES": ("Íñigo", "María José", "Begoña", "Andrés", "Núria", "Jesús"),
}
LAST_NAMES = {
    "US": ("Alvarez", "O'Connor", "Washington", "Nguyen", "Miller", "De La Cruz", "Park", "Smith-Jones"),
    "GB": ("Hughes", "Okafor", "MacLeod", "Singh", "Taylor", "Ó Briain", "Whitfield", "Khan"),
    "DE": ("Müller", "Groß", "Yılmaz", "von der Heide", "Schröder", "Böhm", "Öztürk", "Weiß"),
    "JP": ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村"),
    "FR": ("Lefèvre", "D'Alembert", "Le Goff", "Benoît", "Nguyễn", "Dupré-Martin"),
    "IT": ("D'Angelo", "Rossi", "De Luca", "Forlì", "Esposito", "Conti"),
    "ES": ("Ibáñez Peña", "García", "Muñoz de la Torre", "Etxeberria", "Puig i Soler", "Núñez"),
}
COMPANIES = {
    "US": ("Cedar Street Dental LLC", "Blue Heron Catering, Inc.", "Northgate Elementary School"),
    "GB": ("Harcastle & Sons Ltd", "Penwith Pottery CIC", "St Aidan's Primary School"),
    "DE": ("Bäckerei Lüttjohann GmbH", "Kanzlei Groß & Partner mbB", "Stadtwerke Auental AöR"),
    "JP": ("株式会社あおぞら商店", "有限会社みどり工務店", "合同会社ひかり"),
    "FR": ("Boulangerie Lécuyer SARL", "Atelier de l'Étoile SAS"),
    "IT": ("Caffè dell'Orologio S.r.l.", "Falegnameria Conti & Figli S.n.c."),
    "ES": ("Librería Ñandú S.L.", "Ferretería Peña e Hijos S.A."),
}
# Street, city, state or region (None where the country writes none), postal code.
PLACES = {
    "US": (
        ("1420 Alder Ct", "Spokane", "WA", "99201-1042"),
        ("88 Juniper Ave Apt 3B", "Sacramento", "CA", "95814"),
        ("5 Old Mill Rd", "Buffalo", "NY", "14202"),
        ("731 Mesquite Trl", "Austin", "TX", "78701"),
        ("2020 NW Lovejoy Pl", "Portland", "OR", "97209"),
        ("16 Gulf Breeze Ln # 210", "Tampa", "FL", "33602"),
    ),
    "GB": (
        ("Flat 2, 14 Cannon Row", "Leeds", "West Yorkshire", "LS1 4AP"),
        ("The Old Forge, Mill Lane", "Totnes", "Devon", "TQ9 5HH"),
        ("9 Byres Loan", "Glasgow", None, "G12 8QQ"),
        ("27a Heol y Parc", "Caerdydd", None, "CF11 9LJ"),
    ),
    "DE": (
        ("Große Bleichen 12", "Hamburg", None, "20354"),
        ("Straße des 17. Juni 101", "Berlin", None, "10623"),
        ("Königsallee 5b", "Düsseldorf", "Nordrhein-Westfalen", "40212"),
        ("Am Mühlbach 3", "Garmisch-Partenkirchen", "Bayern", "82467"),
    ),
    "JP": (
        ("神南1丁目2番3号", None, "東京都", "150-0041"),
        ("梅田3-1-1 大阪マンション502号室", None, "大阪府", "530-0001"),
        ("中区錦2丁目4-15", "名古屋市", "愛知県", "460-0003"),
    ),
    "FR": (
        ("12 bis rue de l'Église", "Saint-Étienne", None, "42000"),
        ("Résidence Les Chênes, Bât. C", "Aix-en-Provence", None, "13090"),
    ),
    "IT": (
        ("Via dell'Università 7, scala B", "Forlì", "FC", "47121"),
        ("Calle Larga 1204/A", "Venezia", "VE", "30121"),
    ),
    "ES": (
        ("Calle de Núñez de Balboa 33, 4º izda.", "Madrid", "Madrid", "28001"),
        ("Carrer de l'Església 5", "L'Hospitalet de Llobregat", "Barcelona", "08901"),
    ),
}
PHONES = {
    "US": "+1 555-010-{:04d} ext. {:05d}",
    "GB": "+44 20 7946 {:04d}{:05d}",
    "DE": "+49 30 23125 {:04d}{:05d}",
    "JP": "+81 3-0000-{:04d}{:05d}",
    "FR": "+33 1 9900{:04d}{:05d}",
    "IT": "+39 06 0000{:04d}{:05d}",
    "ES": "+34 900 00{:04d}{:05d}",
}
# Sales tax on top of the price, by state; elsewhere prices include the tax.
US_SALES_TAX = {
    "WA": "0.0890", "CA": "0.0875", "NY": "0.0875", "TX": "0.0825", "OR": "0", "FL": "0.0750",
}  # fmt: skip
GIFT_MESSAGES = {
    "US": "Happy birthday, Grandma!\nLove from all of us",
    "GB": 'Congratulations on the "new" house — see you soon x',
    "DE": "Alles Gute zum Geburtstag! Liebe Grüße, Käthe & Björn",
    "JP": "お誕生日おめでとうございます。",
    "FR": "Joyeux anniversaire, à très bientôt !",
    "IT": "Tanti auguri da tutti noi: è per te!",
    "ES": "¡Feliz cumpleaños, Begoña!",
}
EMAIL_DOMAINS = {
    "US": "marketplace.amazon.com",
    "GB": "marketplace.amazon.co.uk",
    "DE": "marketplace.amazon.de",
    "JP": "marketplace.amazon.co.jp",
    "FR": "marketplace.amazon.fr",
    "IT": "marketplace.amazon.it",
    "ES": "marketplace.amazon.es",
}
ORDER_ID_STARTS = {
    "US": ("111", "112", "113", "114"),
    "GB": ("202", "203", "204", "205"),
    "DE": ("302", "303", "304", "305"),
    "JP": ("249", "250", "503"),
    "FR": ("402", "403", "404"),
    "IT": ("405", "406", "407"),
    "ES": ("408", "409"),
}
