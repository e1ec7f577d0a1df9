import { libraries } from '#test/clients/libraries.ts';
import { rows } from '#test/clients/matrix.ts';
import { testTwelvePoints } from '#test/clients/twelve-points.ts';

// What breaks clients, each with the libraries of npm; those of PyPI are in test/clients. Keep-alive comments while a run
// lasts are in streams.test.ts.
testTwelvePoints(
  rows.filter(({ registry }) => registry === 'npm'),
  ({ client }) => {
    const library = libraries[client];
    if (!library) throw new Error(`the matrix names ${client}, which libraries.ts does not have`);
    return library;
  },
);
