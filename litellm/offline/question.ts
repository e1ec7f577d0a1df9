import { takeAttachments, type Attachment } from './attachments.ts';
import { inEnglish } from './language.ts';
import { zoneOfCity } from './cities.ts';
import { plainWords, stem } from './words.ts';

/** The parts of a question that can become arguments. */
export interface Question {
  /** What was asked, in English as far as the basics of the other languages go. */
  text: string;
  /** Text files that came with it. */
  attachments: Attachment[];
  urls: string[];
  /** Words that look like files, with a slash or an extension. */
  paths: string[];
  /** What stands in quotation marks or backticks. */
  quoted: string[];
  sql: string | undefined;
  /** The IANA name of a time zone that the question names, by itself or by its city. */
  timeZone: string | undefined;
  /** A channel of Discord: `#general`, or a mention of one. */
  channel: string | undefined;
  /** The question that this one goes on from, where it is an earlier one of the talk. */
  before?: Question;
  /** The text to be written, which follows "saying", "with the text" … */
  content: string | undefined;
}

const URL_SHAPE = /\bhttps?:\/\/[^\s<>"'`]+[^\s<>"'`.,:;!?)\]]/g;
/** How many characters of a question are read; a longer text was pasted. */
const LONGEST = 10_000;

/** A word with a slash in it or at its end, or one with an extension. */
const PATH_SHAPE =
  /(?<![\p{L}\p{N}@:/.])(?:(?:\.{0,2}\/)?[\p{L}\p{N}_-][\p{L}\p{N}_.-]*(?:\/[\p{L}\p{N}_.*-]+)+\/?|[\p{L}\p{N}_-]+\/(?=[\s?.,!]|$)|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.[a-z][a-z0-9]{0,4}\b)/giu;
const SQL_SHAPE =
  /\b(?:select\b[\s\S]+|with\s+\w+\s+as\s*\([\s\S]+|explain\s+[\s\S]+|show\s+(?:all|server_version|[a-z]+_[a-z_]+)\b|values\s*\([\s\S]+)/i;
const CONTENT_SHAPE =
  /(?:\b(?:saying|that says|which says|containing|with the (?:text|content|contents|words?|line)|with (?:text|content)|and write (?:in it|into it)?|^(?:please\s+)?remember(?: that)?)\b:?\s*)([\s\S]+)$/i;

const WRITTEN_TO =
  /^(?:please\s+)?(?:write|save|put|store)\s+([\s\S]+?)\s+(?:to|into|in)\s+(?:the\s+|a\s+)?(?:new\s+)?(?:file\s+)?["'`]?[\w/-]+\.\w+/i;

const CHANNEL_SHAPE = /<#\d{17,20}>|(?<![\p{L}\p{N}&/#])#[\p{L}\p{N}_-]*\p{L}[\p{L}\p{N}_-]*/u;

/** The place where something is to be written, named after the text to be written. */
const PLACE = /\s+(?:to|into|in)\s+(?:the\s+|a\s+)?(?:bucket|file|folder|directory|workspace)\b.*$/i;

/** Words that go on from the question before. */
export const GOES_ON =
  /^\W*(?:and|what about|how about|only (?:those|the ones)|which ones|which are they)(?![\p{L}])/iu;

/** How many questions of one message are answered. */
const maxQuestions = 6;

/** The questions of one message: each of its paragraphs where each is a question, else the whole. */
export function readQuestions(raw: string): Question[] {
  const { text, attachments } = takeAttachments(withoutSpeaker(raw).trim());
  const parts = text.split(/\n+/).filter((part) => part.trim() !== '');
  const areQuestions = parts.length > 1 && attachments.length === 0 && parts.every((part) => /[?？]\s*$/.test(part));
  return areQuestions ? parts.slice(0, maxQuestions).map((part) => readQuestion(part)) : [readQuestion(raw)];
}

export function readQuestion(raw: string): Question {
  const { text: whole, attachments } = takeAttachments(withoutSpeaker(raw).trim());
  const text = whole.slice(0, LONGEST);
  const urls = text.match(URL_SHAPE) ?? [];
  const quoted = [...text.matchAll(/"([^"\n]+)"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)'([^'\n]+)'(?!\w)/g)].map(
    (match) => match.slice(1).find((group) => group !== undefined) ?? '',
  );
  const withoutUrls = urls.reduce((rest, url) => rest.replace(url, ' '), text);
  // A text to be written or run is never cut.
  const content = contentOf(whole);
  const named = content === undefined ? withoutUrls : withoutUrls.replace(content, ' ');
  return {
    text: inEnglish(text),
    attachments,
    urls,
    paths: (named.match(PATH_SHAPE) ?? []).filter((path) => !/^\d+(?:[./]\d+)+$/.test(path)),
    quoted,
    sql: sqlOf(whole),
    timeZone: timeZoneOf(text),
    channel: CHANNEL_SHAPE.exec(named)?.[0],
    content,
  };
}

/** Messages of people begin with their name and a colon; this removes both. */
function withoutSpeaker(text: string): string {
  const match = /^([\p{L}\p{N}_.\- ]{1,32}): (?=\S)/u.exec(text);
  return match && plainWords(match[1]!).length <= 3 ? text.slice(match[0].length) : text;
}

function sqlOf(text: string): string | undefined {
  const block = /```(?:sql|postgres\w*)?\s*\n([\s\S]+?)```/i.exec(text)?.[1] ?? /`([^`\n]+)`/.exec(text)?.[1];
  if (block && SQL_SHAPE.test(block)) return block.trim();
  const found = SQL_SHAPE.exec(text)?.[0];
  // "Select the best" is English. In SQL, FROM follows, or a number, a call or a star is selected.
  if (!found || !/\bfrom\b|^select\s+[\d('*]|^(?:show|values|explain|with)\b|^select\s+\w+\s*\(/i.test(found))
    return undefined;
  return found.trim().replace(/[?.\s]+$/, '');
}

function contentOf(text: string): string | undefined {
  const block = /```\w*\n([\s\S]+?)\n?```/.exec(text)?.[1];
  if (block !== undefined) return block;
  const found = (CONTENT_SHAPE.exec(text)?.[1] ?? WRITTEN_TO.exec(text)?.[1])?.replace(PLACE, '').trim();
  if (found === undefined) return undefined;
  const bare = /^(["'“`])([\s\S]*)(["'”`])[.!]?$/.exec(found)?.[2];
  return bare ?? found;
}

let zones: Map<string, string> | undefined;

/** Finds "Tokyo", "New York", "Munich" and "UTC" as well as "Asia/Tokyo". */
function timeZoneOf(text: string): string | undefined {
  return findZone(text)?.zone;
}

/** The words that name the place whose time is asked for. */
export function placeOf(text: string): string[] {
  return findZone(text)?.words ?? [];
}

function findZone(text: string): { zone: string; words: string[] } | undefined {
  zones ??= new Map(
    [...Intl.supportedValuesOf('timeZone'), 'UTC'].flatMap((zone) => [
      [zone.toLowerCase(), zone],
      [zone.split('/').at(-1)!.replaceAll('_', ' ').toLowerCase(), zone],
    ]),
  );
  const words = text.toLowerCase().match(/[\p{L}_/+-]+/gu) ?? [];
  for (const at of words.keys()) {
    for (const count of [3, 2, 1]) {
      const name = words.slice(at, at + count).join(' ');
      const zone = zones.get(name) ?? zoneOfCity(name);
      if (zone !== undefined) return { zone, words: name.split(/[ /_]/) };
    }
  }
  return undefined;
}

/** The value that a question gives for a noun: "bucket demo", "the demo bucket", "table `orders`". */
export function valueNamed(question: Question, nouns: readonly string[]): string | undefined {
  for (const noun of nouns) {
    const after = new RegExp(
      String.raw`\b${noun}s?\s+(?:is\s+|called\s+|named\s+)?["'“\x60]?([\p{L}\p{N}_][\p{L}\p{N}_.-]*)`,
      'iu',
    ).exec(question.text)?.[1];
    if (after !== undefined && !isCommon(after)) return after.replace(/\.+$/, '');
    const before = new RegExp(
      String.raw`(?<![\p{L}\p{N}_.-])([\p{L}\p{N}_][\p{L}\p{N}_.-]*)["'”\x60]?\s+${noun}\b`,
      'iu',
    ).exec(question.text)?.[1];
    if (before !== undefined && !isCommon(before)) return before;
  }
  return undefined;
}

const common = new Set(
  `the a an this that these those my your our their its each every any all some which what whose largest biggest smallest first last
   and or is are was were do does did has have had can in on of to for with from by there here list show describe read open get find
   name names one new old called named exist exists hold holds contain contains please me us and how many it at as than most least
   table tables database databases bucket buckets object objects file files row rows column columns store schema`.split(
    /\s+/,
  ),
);

function isCommon(word: string): boolean {
  return common.has(word.toLowerCase()) || common.has(stem(word.toLowerCase()));
}
