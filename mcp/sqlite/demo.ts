import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const name = 'tastings.db';

const schema = `
CREATE TABLE coffees (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  country TEXT NOT NULL,
  process TEXT NOT NULL CHECK (process IN ('washed', 'natural', 'honey')),
  altitude_m INTEGER
);
CREATE TABLE tasters (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE scores (
  coffee_id INTEGER NOT NULL REFERENCES coffees (id) ON DELETE CASCADE,
  taster_id INTEGER NOT NULL REFERENCES tasters (id),
  tasted_on TEXT NOT NULL,
  points REAL NOT NULL CHECK (points BETWEEN 0 AND 100),
  notes TEXT,
  PRIMARY KEY (coffee_id, taster_id, tasted_on)
) WITHOUT ROWID;
CREATE INDEX scores_by_day ON scores (tasted_on);
CREATE VIEW ranking AS
  SELECT coffees.name, count(*) AS tastings, round(avg(points), 2) AS points
    FROM scores JOIN coffees ON coffees.id = coffee_id GROUP BY coffees.id ORDER BY points DESC;
INSERT INTO tasters (name) VALUES ('Clara'), ('Karim'), ('Nora');
INSERT INTO coffees (name, country, process, altitude_m) VALUES
  ('Guji Hambela', 'Ethiopia', 'natural', 2100), ('Kiambu AA', 'Kenya', 'washed', 1750),
  ('Huila Pink Bourbon', 'Colombia', 'honey', 1800), ('Antigua Pastores', 'Guatemala', 'washed', 1650),
  ('Cerrado Mineiro', 'Brazil', 'natural', 1100), ('Aceh Gayo', 'Indonesia', 'washed', 1400);
-- Every month of 2026 up to September each taster scores each coffee; the points follow from the numbers alone.
WITH RECURSIVE months (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM months WHERE n < 9)
INSERT INTO scores
SELECT coffees.id, tasters.id, printf('2026-%02d-07', n),
       90 - coffees.id * 1.25 - tasters.id * 0.5 + (coffees.id * 7 + tasters.id * 5 + n * 3) % 11 * 0.25,
       CASE (coffees.id + tasters.id + n) % 5 WHEN 0 THEN 'jasmine, apricot' WHEN 2 THEN 'blackcurrant' WHEN 3 THEN 'cocoa' END
  FROM months, coffees, tasters;
`;

/**
 * Puts a small database of coffee tastings into an empty or missing folder.
 * @returns whether it did; a folder that holds anything is left alone
 */
export async function seedDatabases(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const partial = `.${name}.tmp`;
  if ((await readdir(folder)).some((each) => each !== partial)) return false;
  const file = path.join(folder, partial);
  // What an earlier start left half made.
  await rm(file, { force: true });
  using db = new DatabaseSync(file);
  // No journal: the file counts only under its last name.
  db.exec('PRAGMA journal_mode = OFF; BEGIN');
  db.exec(schema);
  db.exec('COMMIT; PRAGMA journal_mode = DELETE');
  await rename(file, path.join(folder, name));
  return true;
}
