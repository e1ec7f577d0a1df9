import { expect, test } from 'vitest';
import { forOperators } from './for-operators.ts';

test.each([
  [
    'The database cannot be reached now. Tell the user; trying again at once is unlikely to help. (connect ECONNREFUSED)',
    'The database cannot be reached now. (connect ECONNREFUSED)',
  ],
  [
    'The database refuses the login of this tool. Tell the user that the operator must check POSTGRES_URL. (no password)',
    'The database refuses the login of this tool. Check POSTGRES_URL. (no password)',
  ],
  [
    'No bucket is there. Tell the user that the operator must check S3_ENDPOINT (host, port, http or https); nothing is known about the objects.',
    'No bucket is there. Check S3_ENDPOINT (host, port, http or https); nothing is known about the objects.',
  ],
  [
    'The file is no database. Tell the user: the operator puts its file into SQLITE_ROOT.',
    'The file is no database. The operator puts its file into SQLITE_ROOT.',
  ],
  ['The object store is overloaded or ill now. Try again in a moment.', 'The object store is overloaded or ill now.'],
  ['It is gone. Tell the user, or try again later.', 'It is gone.'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
])('%s', (said, told) => {
  expect(forOperators(said)).toBe(told);
});
