/** Width and height of a sign, in dots. */
export const SIGN_WIDTH = 5;
export const SIGN_HEIGHT = 7;

/**
 * The printable signs of ASCII from the space on: five columns each, as two hexadecimal digits; bit 0 is the top dot, bit 7 the
 * first one below the line.
 */
const SIGNS = (
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649552250 0005030000 001c224100 0041221c00 14083e0814 ' +
  '08083e0808 0050300000 0808080808 0060600000 2010080402 3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 ' +
  '3c4a494930 0171090503 3649494936 064949291e 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906 324979413e ' +
  '7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a 7f0808087f 00417f4100 2040413f01 7f08142241 ' +
  '7f40404040 7f020c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f ' +
  '3f4038403f 6314081463 0708700807 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040 0001020400 2054545478 ' +
  '7f48444438 3844444420 384444487f 3854545418 087e090102 38444444fc 7f08040478 00447d4000 800004fd00 7f10284400 00417f4000 ' +
  '7c04180478 7c08040478 3844444438 fc44444438 38444444fc 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c ' +
  '4428102844 3c404040fc 4464544c44 0008364100 00007f0000 0041360800 1008081008'
).split(' ');

/** Signs beyond ASCII, in the same way. */
const FURTHER: Record<string, string> = {
  ß: '7e01494e30',
  '€': '143e555541',
  '£': '487e494942',
  '°': '0006090906',
  '·': '0000080000',
  '×': '2214081422',
  '±': '44445f4444',
  µ: '7c20201c20',
  '²': '0009050a00',
  ø: '3864544c38',
  Ø: '3e6159433e',
  æ: '2454785858',
  Æ: '7e097f4949',
};

/** Signs that look like others in so few dots. */
const LIKE: Record<string, string> = {
  '–': '-',
  '—': '-',
  '−': '-',
  '‑': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '…': '.',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
};

/** Dots of marks over (or below) a letter, as column and row above the letter's top. */
const ACCENTS: Record<string, readonly (readonly [column: number, row: number])[]> = {
  '\u0300': [
    [1, 0],
    [2, 1],
  ],
  '\u0301': [
    [3, 0],
    [2, 1],
  ],
  '\u0302': [
    [2, 0],
    [1, 1],
    [3, 1],
  ],
  '\u0303': [
    [1, 1],
    [2, 0],
    [3, 1],
    [4, 0],
  ],
  '\u0308': [
    [1, 0],
    [3, 0],
  ],
  '\u030a': [
    [1, 0],
    [2, 0],
    [3, 0],
    [2, 1],
  ],
  '\u030c': [
    [1, 0],
    [3, 0],
    [2, 1],
  ],
  '\u0327': [
    [2, 9],
    [1, 10],
  ],
};
/** Dots of letters in the second row below the line, by column. */
const BELOW: Record<string, readonly number[]> = { g: [1, 2, 3], j: [1, 2], p: [0], q: [4], y: [1, 2, 3] };

/** Letters that leave the two rows above them free. */
const LOW = /^[acegm-su-z]/;

/** What is drawn of a text, sign by sign: letters with their marks, and look-alikes of what the font lacks. */
export function plainSigns(text: string): string[] {
  const composed = Array.from(text.normalize('NFC')).map((sign) => LIKE[sign] ?? sign);
  return composed.map((sign) => (isKnown(sign) ? sign : sign.normalize('NFD')));
}

/** Whether all of a text can be drawn so that it can be read. */
export function canWrite(text: string): boolean {
  return plainSigns(text).every((sign) => {
    const [letter = '', ...marks] = Array.from(sign);
    return isKnown(letter) && marks.every((mark) => Object.hasOwn(ACCENTS, mark));
  });
}

function isKnown(sign: string): boolean {
  return SIGNS[(sign.codePointAt(0) ?? 0) - 0x20] !== undefined && sign.length === 1
    ? true
    : Object.hasOwn(FURTHER, sign);
}

/** The columns of a sign; those of "?" for one that is not here. */
export function columnsOf(sign: string): number[] {
  const [letter = ''] = sign;
  const further = Object.hasOwn(FURTHER, letter) ? FURTHER[letter] : undefined;
  const columns = further ?? SIGNS[(letter.codePointAt(0) ?? 0) - 0x20] ?? SIGNS['?'.codePointAt(0)! - 0x20]!;
  return Array.from({ length: SIGN_WIDTH }, (_, at) => Number.parseInt(columns.slice(at * 2, at * 2 + 2), 16));
}

/** The dots of a sign's marks, and of what hangs below the line, as column and row; rows above the sign are negative. */
export function accentsOf(sign: string): (readonly [column: number, row: number])[] {
  const [letter = '', ...marks] = Array.from(sign);
  const up = LOW.test(letter) ? 0 : 2;
  const below = Object.hasOwn(BELOW, letter) ? BELOW[letter]!.map((column) => [column, 8] as const) : [];
  const above = marks.flatMap((mark) =>
    (Object.hasOwn(ACCENTS, mark) ? ACCENTS[mark]! : []).map(
      ([column, row]) => [column, row - (row > 2 ? 2 : up)] as const,
    ),
  );
  return [...above, ...below];
}
