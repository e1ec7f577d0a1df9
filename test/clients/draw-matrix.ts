import { allPoints, applies, points, rows, versionOf, type Row } from './matrix.ts';

/** The table of docs/clients.md: which point holds for which client. */
export function drawMatrix(): string {
  const notes = [...new Set(rows.flatMap(({ broken = {} }) => Object.values(broken)))];
  const cells = (row: Row) =>
    allPoints.map((point) => {
      if (!applies(point, row)) return '–';
      const note = row.broken?.[point];
      return note === undefined ? '✓' : `no ${notes.indexOf(note) + 1}`;
    });
  const lines = [
    `| client | version | ${allPoints.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(allPoints.length)}`,
    ...rows.map((row) => `| ${labelOf(row)} | ${versionOf(row)} | ${cells(row).join(' | ')} |`),
  ];
  const meanings = allPoints.map((point) => `${point} ${points[point]}`).join('; ');
  const told = notes.map((note, at) => `no ${at + 1}: ${note}.`);
  return [lines.join('\n'), `${meanings}.`, ...told].join('\n\n');
}

function labelOf({ package: name, registry, protocol }: Row): string {
  const language = registry === 'PyPI' ? ' (Python)' : '';
  return `\`${name}\`${language}, ${protocol}`;
}
