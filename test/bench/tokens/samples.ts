/** Texts of the kinds that a talk is made of; our own, so that they do not change with others' data. */
export const samples: Record<string, string> = {
  English: repeat(
    'The interpreter stood between travellers and the offices, markets and archives of a foreign city. How many orders were cancelled in October, and which customer spent the most? The table shows ten rows; the others are in the attached file. ',
  ),
  German: repeat(
    'Der Dolmetscher stand zwischen den Reisenden und den Ämtern, Märkten und Archiven einer fremden Stadt. Wie viele Bestellungen wurden im Oktober storniert, und welcher Kunde hat am meisten ausgegeben? ',
  ),
  French: repeat(
    'Combien de commandes ont été annulées en octobre, et quel client a dépensé le plus ? Le tableau montre dix lignes ; les autres se trouvent dans le fichier joint. ',
  ),
  Japanese: repeat(
    '十月にキャンセルされた注文は何件ですか。最も多く支払った顧客は誰ですか。表には十行が表示されています。残りは添付ファイルにあります。',
  ),
  Russian: repeat(
    'Сколько заказов было отменено в октябре, и какой клиент потратил больше всего? Таблица показывает десять строк, остальные находятся в приложенном файле. ',
  ),
  'TypeScript code': rows(
    40,
    (row) => `export function read${row}(text: string): string[] {\n  return text.split('\\n').slice(${row});\n}`,
  ),
  'rows as JSON': JSON.stringify(
    Array.from({ length: 60 }, (_, row) => ({
      id: 1_000 + row,
      customer: `Customer ${row}`,
      email: `c${row}@example.com`,
      total: (row * 37.31).toFixed(2),
      created_at: `2026-10-${day(row)}T12:${day(row)}:00Z`,
    })),
  ),
  'a Markdown table': `| id | customer | total | created |\n| --- | --- | ---: | --- |\n${rows(60, (row) => `| ${1_000 + row} | Customer ${row} | ${(row * 37.31).toFixed(2)} | 2026-10-${day(row)} |`)}`,
  'a log': rows(
    60,
    (row) => `2026-11-27T21:${day(row)}:05.${100 + row}Z INFO worker[${4_000 + row}] run claimed in ${row * 3} ms`,
  ),
  chat: repeat('hey 😀 can u check the orders table pls? 🙏 thx!! 👍 lol ok <@118273645019283746> '),
};

function repeat(text: string): string {
  return text.repeat(6);
}

function rows(count: number, row: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => row(index)).join('\n');
}

function day(row: number): string {
  return String((row % 28) + 1).padStart(2, '0');
}
