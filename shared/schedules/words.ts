// What people say of times that come again, in English words. Each is matched as a whole word, in this order.

const days: [number, string][] = [
  [1, 'mondays?|montags?|lundis?|lunes|segundas?(?:-feiras?)?|月曜日?'],
  [2, 'tuesdays?|dienstags?|mardis?|martes|terças?(?:-feiras?)?|火曜日?'],
  [3, 'wednesdays?|mittwochs?|mercredis?|miércoles|quartas?(?:-feiras?)?|水曜日?'],
  [4, 'thursdays?|donnerstags?|jeudis?|jueves|quintas?(?:-feiras?)?|木曜日?'],
  [5, 'fridays?|freitags?|vendredis?|viernes|sextas?(?:-feiras?)?|金曜日?'],
  [6, 'saturdays?|samstags?|sonnabends?|samedis?|sábados?|土曜日?'],
  [0, 'sundays?|sonntags?|dimanches?|domingos?|日曜日?'],
];

const phrases: [pattern: string, english: string][] = [
  ["o[’']?clock|uhr", ''],
  ['werktags|wochentags|weekdays|en semaine', 'every weekday'],
  ['am wochenende|wochenends|weekends|le week-end', 'every weekend'],
  ['täglich|daily|diariamente|quotidiennement', 'every day'],
  ['stündlich|hourly', 'every hour'],
  ['(?:jeden|an jedem) (?:werktag|wochentag)|(?:tous les|chaque) jours? (?:ouvrés?|de semaine)', 'every weekday'],
  [
    '(?:todos los|cada) días? (?:laborables?|hábil(?:es)?)|entre semana|(?:todos os|cada) dias? (?:úteis|útil)',
    'every weekday',
  ],
  ['midnight|mitternacht|minuit|medianoche|meia-noite', '0:00'],
  ['noon|midday|mittags?|midi|mediodía|meio-dia', '12:00'],
  ['todos los|todas las|todos os|todas as|toutes les|tous les|chaque|cada|toda|todo', 'every'],
  ['jede[nrsm]?|alle|los|les', 'every'],
  ['minutes?|minutos?|minuten|min', 'minutes'],
  ['hours?|stunden?|heures?|horas?', 'hours'],
  ['tage?|jours?|días?|dias?|day', 'days'],
  ['wochenenden?|week-ends?|fin(?:es)? de semana|fins? de semana', 'weekend'],
  ['wochen?|semaines?|semanas?|week', 'weeks'],
  ['monats?|monate|mois|mes(?:es)?|mês', 'month'],
  ['a las|a la|às|à|um|as', 'at'],
  ['am|den|el|le|no dia|el día', 'on'],
  ['und|et|y|e', 'and'],
];

const japanese: [RegExp, string][] = [
  [/(\d+)\s*分(?:ごと|毎|おき)に?/gu, 'every $1 minutes'],
  [/(\d+)\s*時間(?:ごと|毎|おき)に?/gu, 'every $1 hours'],
  [/平日(?:の|は)?/gu, 'every weekday '],
  [/週末(?:の|は)?/gu, 'every weekend '],
  [/毎日(?:の)?/gu, 'every day '],
  [/毎週/gu, 'every '],
  [/毎月\s*(\d+)日(?:の)?/gu, 'every month on the $1 '],
  [/午前/gu, ' am:'],
  [/午後/gu, ' pm:'],
  [/(\d+)時半/gu, ' $1:30 '],
  [/(\d+)時(\d+)分/gu, ' $1:$2 '],
  [/(\d+)時/gu, ' $1:00 '],
  [/[に、のと]/gu, ' '],
];

/** A text in English words, as far as it tells of times that come again: lower case, single blanks. */
export function inEnglish(text: string): string {
  let known = text.normalize('NFKC').toLowerCase().trim();
  for (const [pattern, english] of japanese) known = known.replaceAll(pattern, english);
  known = known.replaceAll(/\b(am|pm):\s*(\d+:\d+)/g, '$2$1');
  for (const [day, names] of days) known = replaceWord(known, names, `d${day}`);
  for (const [pattern, english] of phrases) known = replaceWord(known, pattern, english);
  return known.replaceAll(/\s+/g, ' ').trim();
}

function replaceWord(text: string, pattern: string, by: string): string {
  return text.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}-])`, 'gu'), by);
}
