// Brings the basics of German, French and Spanish questions into English, which the rules read.

interface Language {
  /** Words that only this language has among these four. */
  signs: RegExp;
  /** Longer phrases come first. */
  phrases: [RegExp, string][];
}

const languages: Language[] = [
  {
    signs:
      /(?<!\p{L})(?:wie|viele?|wieviele?|was|welche[rsn]?|wer|die|den|kostet|nicht|nie|hoch|wohnen|ist|sind|gibt|haben|hat|der|das|dem|im|wurden?|pro|und|zeige?|nenne|aus|letzten?)(?!\p{L})/giu,
    phrases: phrases(`
wie spät ist es=what time is it; wie viel uhr=what time; am meisten ausgegeben=spent the most; am meisten bestellt=ordered the most; wieviele?=how many; wieviel=how much; gab es=are there; wie viele?=how many; anzahl(?: der| von)?=number of; wie viel kostet=how much is; was kostet=how much is
welcher tag ist heute=what day is it today; welches datum(?: ist heute)?=what date is it today
gibt es=are there; haben wir=do we have; pro=per; wie hoch (?:ist|war) der umsatz=what was the revenue; noch nie|nie=never; nicht=not; bestellt=ordered; gekauft=bought; durchschnittliche[rns]?=average; im durchschnitt=on average; durchschnitt=average
teuerste[nrs]?=most expensive; billigste[nrs]?|günstigste[nrs]?=cheapest; neueste[nrs]?=newest; älteste[nrs]?=oldest; letzten? monat=last month; letztes jahr=last year; letzten=last; gestern=yesterday; heute=today
kundinnen|kunden?=customers; bestellungen=orders; bestellung=order; aufträge=orders; produkte?n?=products; artikel=products; umsatz=revenue; preis=price; lagerbestand|bestand|lager=stock; ausverkauft=sold out
land=country; länder=countries; stadt=city; städte=cities; monat=month; jahr=year; woche=week; kategorie=category; status=status; kaffee=coffee; tee=tea
storniert=cancelled; geliefert=delivered; bezahlt=paid; zurückgeschickt|retourniert=returned; versendet|verschickt=shipped
wohnen|leben|kommen=live; zeige?(?: mir)?=show; welche[rsn]?=which; wer=who; was=what; wie=how; wurden?|ist|sind|war|waren|haben|hat=are; in der|in den|im=in; aus=from; und=and; oder=or; der|die|das|den|dem|des|ein|eine|einen|es|mir|uns|bitte|dort|insgesamt=the; mehr als=more than; weniger als=less than
januar=january; februar=february; märz=march; mai=may; juni=june; juli=july; oktober=october; dezember=december; tabellen=tables; dateien=files; ordner=folders`),
  },
  {
    signs:
      /(?<!\p{L})(?:combien|quel(?:le)?s?|avons|est|sont|les?|des|du|dans|habitent|qui|nous|par|ont|montre|une?|de|du|moins|plus|coûtent|jamais)(?!\p{L})/giu,
    phrases: phrases(`
quelle heure est[- ]il=what time is it; quel jour sommes[- ]nous=what day is it today; combien co[uû]te(?:nt)?=how much is; combien de|combien d'|combien=how many; le plus dépensé=spent the most; a passé le plus de commandes=has the most orders; n'ont jamais (?:commandé|acheté)=have never ordered; n'habitent pas=do not live; coûtent=cost; nombre de=number of
avons[- ]nous|a[- ]t[- ]on|y a[- ]t[- ]il|il y a=are there; par=per; prix moyen=average price; moyenne=average; le plus cher|la plus chère|plus cher=most expensive; le moins cher|moins cher=cheapest; le mois dernier|mois dernier=last month; hier=yesterday; aujourd'hui=today
clients?=customers; commandes=orders; commande=order; produits=products; produit=product; articles=products; chiffre d'affaires=revenue; pays=country; villes?=city; mois=month; année=year; catégorie=category; café=coffee; thé=tea; stock=stock
annulées?=cancelled; livrées?=delivered; payées?=paid; retournées?=returned; expédiées?=shipped
habitent|vivent|viennent=live; montre(?:z)?(?:-moi)?=show; quel(?:le)?s?=which; qui=who; est|sont|ont|été|avons=are; nous|les?|la|des|du|de|d'|l'|une?|en tout=the; dans|en|à|au|aux=in; et=and; ou=or; plus de=more than; moins de=less than
janvier=january; février=february; mars=march; avril=april; mai=may; juin=june; juillet=july; août=august; septembre=september; octobre=october; novembre=november; décembre=december; tables=tables; fichiers=files; dossiers=folders`),
  },
  {
    signs:
      /(?<!\p{L})(?:cu[aá]nt[oa]s?|qu[eé]|cu[aá]l(?:es)?|hay|tenemos|los|las|el|en|son|viven|por|qui[eé]n|de|muestra|una?)(?!\p{L})|[¿¡]/giu,
    phrases: phrases(`
no han (?:comprado|pedido) nunca|nunca han (?:comprado|pedido)=have never ordered; no viven=do not live; cuestan=cost; qué hora es=what time is it; gastó más|ha gastado más=spent the most; qué día es hoy=what day is it today; cuánto cuestan?=how much is; cu[aá]nt[oa]s=how many; número de=number of; el más caro|la más cara|más caro|más cara=most expensive; el más barato|más barato|más barata=cheapest; precio medio|precio promedio=average price; por=per; el mes pasado|mes pasado=last month; ayer=yesterday; hoy=today
tenemos|hay=are there; clientes?=customers; pedidos=orders; pedido=order; productos=products; producto=product; ingresos=revenue; precio=price; país=country; países=countries; ciudad=city; ciudades=cities; mes=month; año=year; categoría=category; café=coffee; té=tea; existencias=stock
cancelados?=cancelled; entregados?=delivered; pagados?=paid; devueltos?=returned; enviados?=shipped
viven|vienen=live; muestra(?:me)?=show; cu[aá]l(?:es)?=which; qui[eé]n=who; qué=what; son|es|han|fueron|sido=are; nosotros|los|las|el|la|de|del|una?=the; en=in; y=and; o=or; más de=more than; menos de=less than
enero=january; febrero=february; marzo=march; abril=april; mayo=may; junio=june; julio=july; agosto=august; septiembre=september; octubre=october; noviembre=november; diciembre=december; tablas=tables; archivos=files; carpetas=folders`),
  },
];

function phrases(list: string): [RegExp, string][] {
  return list
    .trim()
    .split(/[;\n]/)
    .map((pair) => {
      const [from = '', to = ''] = pair.trim().split('=');
      return [
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:${from})${from.endsWith("'") ? '' : String.raw`(?![\p{L}\p{N}])`}`,
          'giu',
        ),
        to,
      ];
    });
}

const english =
  /(?<!\p{L})(?:how|what|which|who|is|are|the|of|many|there|do|does|did|we|have|were|was|show|me|and|from|with|for)(?!\p{L})/giu;

/** The question in English words, as far as these rules know the language; as it is when it is English already. */
export function inEnglish(text: string): string {
  const signs = (shape: RegExp) => text.match(shape)?.length ?? 0;
  const [best] = languages.toSorted((a, b) => signs(b.signs) - signs(a.signs));
  if (!best || signs(best.signs) <= signs(english)) return text;
  return best.phrases.reduce((rest, [from, to]) => rest.replace(from, to), text).replaceAll(/[¿¡]/g, '');
}

/** Each way to write a country's name in these languages, to its code of two letters (ISO 3166). */
export function countryCode(name: string): string | undefined {
  countries ??= readCountries();
  return countries.get(name.toLowerCase());
}

let countries: Map<string, string> | undefined;

function readCountries(): Map<string, string> {
  const found = new Map<string, string>();
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  for (const language of ['en', 'de', 'fr', 'es']) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
      // Codes that are no longer in use have the names of those that replaced them.
      const name = Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}` ? names.of(code) : undefined;
      if (name !== undefined) found.set(name.toLowerCase(), code);
    }
  }
  for (const [name, code] of [
    ['usa', 'US'],
    ['uk', 'GB'],
    ['england', 'GB'],
    ['holland', 'NL'],
  ])
    found.set(name!, code!);
  return found;
}

/** What people of a country are called in English, and the country. */
export const demonyms: ReadonlyMap<string, string> = new Map(
  'american usa;austrian austria;belgian belgium;british uk;chinese china;czech czechia;danish denmark;dutch netherlands;english england;finnish finland;french france;german germany;greek greece;irish ireland;italian italy;japanese japan;norwegian norway;polish poland;portuguese portugal;spanish spain;swedish sweden;swiss switzerland;turkish türkiye'
    .split(';')
    .map((pair) => pair.split(' ') as [string, string]),
);
