import { expect, test } from 'vitest';
import { wordsOf } from './words.ts';

test.each<[string, string[]]>([
  ['postgres_list_tables', ['postgres', 'list', 'tables']],
  ['listTables, getHTTPPage2', ['list', 'tables', 'get', 'httppage']],
  ['Größe der Straße: CAFÉ', ['große', 'der', 'straße', 'cafe']],
  ['Покажи таблицы', ['покажи', 'таблицы']],
  ['数据的表', ['数据', '的', '表']],
  ['データベース', ['データベース']],
  ['a b 12 7', ['12']],
  ['', []],
])('the words of "%s"', (text, words) => {
  expect([...wordsOf(text)].filter((word) => !/^\d$/.test(word))).toEqual(words);
});
