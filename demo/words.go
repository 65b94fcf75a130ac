package demo

// The words that the stories are made of.
var (
	firstNames  = []string{"Ana", "Ben", "Chidi", "Dana", "Emre", "Femi", "Grete", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Mira", "Nils", "Olga", "Pia", "Quim", "Rosa", "Sam", "Tove", "Uma", "Vik", "Wen", "Xenia", "Yara", "Zoe"}
	familyNames = []string{"Ruiz", "Okafor", "Lindqvist", "Tanaka", "Novak", "Haddad", "Brandt", "Silva", "Moreau", "Kaya", "Jensen", "Mbeki", "Ferrari", "Wójcik", "O'Neill", "Sørensen"}
	tiers       = []string{"basic", "basic", "basic", "plus", "gold"}
	streets     = []string{"Harbour Road", "Mill Lane", "Station Street", "Lindenallee", "Rue des Lilas", "Calle Mayor", "Via Roma", "Kirkegata"}
	cities      = []string{"Lisbon", "Turin", "Lyon", "Leipzig", "Gdansk", "Bergen", "Cork", "Graz", "Ghent", "Brno"}
	countries   = []string{"PT", "IT", "FR", "DE", "PL", "NO", "IE", "AT", "BE", "CZ"}
	channels    = []string{"web", "web", "app", "phone"}
	methods     = []string{"card", "card", "wallet", "transfer"}
	banks       = []string{"Banco Azul", "Nordbank", "Credit Vert", "Sparhaus"}
	carriers    = []string{"Parcelo", "Swiftship", "Bluevan"}
	doors       = []string{"front", "neighbour", "locker", "reception"}
	reasons     = []string{"damaged", "too late", "wrong size", "not as described"}
	shelves     = []string{"A-01", "A-02", "B-11", "C-07", "D-19"}
	notes       = []string{"Customer asked where the parcel is", "Invoice sent again", "Address confirmed by phone", "Gift wrapping forgotten", "Praised the service", "Wants to change the delivery day"}
	moods       = []string{"calm", "happy", "annoyed"}
)
