import { ToolError } from '#mcp/kit.ts';

/** A request that a rule forbids; nothing was asked of the server. */
export function refused(sentence: string): ToolError {
  return new ToolError(`Refused: ${sentence}`);
}

/** A name as it may stand in a sentence or a list: quoted where it could be taken for something else, shortened. */
export function shown(name: string): string {
  const short = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  return JSON.stringify(short.toWellFormed());
}

/** Prefixes and suffixes that AWS keeps for access points and other things that are no plain bucket. */
const reservedStarts = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedEnds = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/**
 * The naming rules of general purpose buckets (Amazon S3 user guide, "Bucket naming rules"). They also keep a name
 * from being read as a path, a query, a host or an ARN, whatever stands between us and the server.
 * @returns why the name cannot be a bucket's; undefined when it can
 */
export function bucketNameProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return 'a bucket name has 3 to 63 characters';
  if (!/^[a-z0-9.-]+$/.test(name)) return 'a bucket name has only lower-case letters, digits, dots and hyphens';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'a bucket name begins and ends with a letter or a digit';
  if (name.includes('..')) return 'a bucket name has no two dots in a row';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'a bucket name is no IP address';
  if (reservedStarts.some((start) => name.startsWith(start))) return 'a bucket name does not begin so';
  if (reservedEnds.some((end) => name.endsWith(end))) return 'a bucket name does not end so';
  return undefined;
}

/** Longest key of an object, in bytes of UTF-8 (Amazon S3 user guide, "Naming Amazon S3 objects"). */
export const MAX_KEY_BYTES = 1024;

/**
 * What no key or prefix may hold here: more than S3 takes, text that is not Unicode, control characters (they end
 * headers and lines), and `.` or `..` as a whole segment, which HTTP software between us and the server may resolve
 * into a path to another bucket.
 * @returns why the text is refused; undefined when it is fine
 */
export function keyProblem(key: string): string | undefined {
  if (key.length > MAX_KEY_BYTES || Buffer.byteLength(key) > MAX_KEY_BYTES)
    return `it is longer than ${MAX_KEY_BYTES} bytes`;
  if (!key.isWellFormed()) return 'it is not valid Unicode (half of a surrogate pair)';
  if (/\p{Cc}/u.test(key)) return 'it holds a control character';
  if (key.split('/').some((segment) => segment === '.' || segment === '..'))
    return 'it holds "." or ".." as a part, which servers resolve to other places';
  return undefined;
}

/** The rules for a new object's key: those of `keyProblem`, and nothing that a lenient server takes for a subresource. */
export function newKeyProblem(key: string): string | undefined {
  if (key.includes('?')) return 'it holds "?", which some servers take for a request on the bucket itself';
  return keyProblem(key);
}
