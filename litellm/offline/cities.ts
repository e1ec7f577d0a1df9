/** Large cities that have no time zone of their own name. */
const CITIES: Record<string, string> = {
  'Europe/Berlin':
    'munich münchen hamburg cologne köln frankfurt stuttgart leipzig dresden düsseldorf hannover bremen germany deutschland',
  'Europe/Zurich': 'geneva genf basel bern zürich switzerland',
  'Europe/Vienna': 'wien graz salzburg austria',
  'Europe/Paris': 'lyon marseille toulouse bordeaux france',
  'Europe/Madrid': 'barcelona valencia sevilla seville bilbao spain',
  'Europe/Rome': 'milan milano rom naples turin florence venice italy',
  'Europe/Amsterdam': 'rotterdam utrecht netherlands',
  'Europe/Warsaw': 'warschau krakow wrocław poland',
  'Europe/Prague': 'prag brno',
  'Europe/Copenhagen': 'kopenhagen københavn aarhus denmark',
  'Europe/London': 'manchester edinburgh glasgow birmingham liverpool england uk',
  'Europe/Istanbul': 'ankara izmir',
  'Africa/Cairo': 'kairo alexandria',
  'Africa/Johannesburg': 'durban pretoria',
  'Asia/Kolkata': 'mumbai delhi bangalore bengaluru chennai hyderabad pune india',
  'Asia/Shanghai': 'beijing peking shenzhen guangzhou china',
  'Asia/Tokyo': 'tokio osaka kyoto yokohama japan',
  'Asia/Seoul': 'busan',
  'Asia/Ho_Chi_Minh': 'hanoi saigon',
  'Asia/Karachi': 'islamabad lahore',
  'Asia/Riyadh': 'jeddah mecca',
  'Asia/Dubai': 'abu_dhabi',
  'America/New_York': 'boston washington philadelphia miami atlanta pittsburgh orlando nyc',
  'America/Chicago': 'dallas houston austin minneapolis milwaukee nashville memphis',
  'America/Denver': 'salt_lake',
  'America/Los_Angeles': 'san_francisco seattle san_diego portland las_vegas sacramento oakland california',
  'America/Toronto': 'ottawa montreal quebec',
  'America/Edmonton': 'calgary',
  'America/Sao_Paulo': 'rio brasilia',
  'Australia/Melbourne': 'geelong',
  'Pacific/Auckland': 'wellington christchurch',
};

let zones: Map<string, string> | undefined;

/** The IANA time zone of a city or a country with one zone, by its name in lower case. */
export function zoneOfCity(name: string): string | undefined {
  zones ??= new Map(
    Object.entries(CITIES).flatMap(([zone, cities]) =>
      cities.split(' ').map((city): [string, string] => [city.replaceAll('_', ' '), zone]),
    ),
  );
  return zones.get(name);
}
