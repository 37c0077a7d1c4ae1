"""Invented buyers for generated orders, by country: umlauts, two-line streets, apostrophes, other scripts."""

FIRST_NAMES = {
    "US": ("Maria", "Dwayne", "Linh", "Ruth"),
    "DE": ("Jürgen", "Käthe", "Mehmet", "Svenja"),
    "FR": ("Noël", "Zoé", "Amélie", "Jean-François"),
    "GB": ("Siobhán", "Oliver", "Priya", "Alun"),
    "JP": ("陽翔", "結衣", "大輔", "さくら"),
    "KW": ("Fatima", "Yousef", "Noura", "Khalid"),
}
LAST_NAMES = {
    "US": ("O'Connor", "De La Cruz", "Smith-Jones", "Nguyen"),
    "DE": ("Groß", "von der Heide", "Öztürk", "Müller"),
    "FR": ("L'Hermitte", "Bélanger", "Dupré", "Le Goff"),
    "GB": ("Ó Briain", "Whitfield", "MacLeod", "Khan"),
    "JP": ("佐藤", "鈴木", "渡辺", "中村"),
    "KW": ("Al-Sabah", "Al-Mutairi", "Al-Rashidi", "Al-Enezi"),
}
# Street lines, city, region (None where the country writes none), postal code, telephone.
PLACES = {
    "US": (
        (("1420 Alder Ct", "Apt 3B"), "Spokane", ("Washington", "WA", 62), "99201-1042", "509-555-0142"),
        (("731 Mesquite Trl",), "Austin", ("Texas", "TX", 57), "78701", "512-555-0107"),
    ),
    "DE": (
        (("Große Bleichen 12",), "Hamburg", None, "20354", "+49 40 23125 001"),
        (("Am Mühlbach 3", "Hinterhaus"), "Garmisch-Partenkirchen", ("Bayern", "BAY", 81), "82467", "08821 23125"),
    ),
    "FR": (
        (("12 bis, rue de l'Église",), "Saint-Étienne", None, "42000", "+33 4 99 00 12 34"),
        (("5 allée des Tilleuls", "Bât. C"), "Lyon", ("Rhône", "69", 251), "69003", "+33 4 99 00 43 21"),
    ),
    "GB": (
        (("Flat 2, 14 Cannon Row",), "Leeds", None, "LS1 4AP", "+44 113 496 0000"),
        (("27a Heol y Parc",), "Caerdydd", None, "CF11 9LJ", "+44 29 2018 0000"),
    ),
    "JP": (
        (("神南1丁目2番3号",), "渋谷区", ("東京都", "東京都", 0), "150-0041", "03-0000-1234"),
        (("梅田3-1-1", "大阪マンション502号室"), "大阪市", None, "530-0001", "06-0000-4321"),
    ),
    "KW": (
        (("Block 4, Street 12, House 7",), "Salmiya", None, "22001", "+965 2222 0001"),
        (("Block 2, Street 5", "Floor 3"), "Hawally", None, "32010", "+965 2222 0002"),
    ),
}
COMPANIES = {"DE": "Bäckerei Lüttjohann GmbH", "FR": "Atelier Noé SARL", "GB": "Penwith Pottery CIC"}
TAX_RATES = {"US": "8.75", "DE": "19", "FR": "20", "GB": "20", "JP": "10", "KW": "0"}
