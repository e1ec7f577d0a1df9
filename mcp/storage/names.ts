/** Prefixes and suffixes that AWS keeps for access points and other things that are not plain buckets. */
const reservedStarts = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedEnds = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/**
 * The naming rules of general purpose buckets (Amazon S3 user guide, "Bucket naming rules"). They also keep software
 * between us and the server from reading a name as a path, a query, a host or an ARN.
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

/** The longest key of an object, in bytes of UTF-8 (Amazon S3 user guide, "Naming Amazon S3 objects"). */
export const MAX_KEY_BYTES = 1024;

/**
 * Says why a key or prefix is refused: it is longer than S3 takes, is not Unicode, has control characters (they end
 * headers and lines), or has `.` or `..` as a whole segment, which HTTP software between us and the server may resolve
 * into a path to another bucket.
 * @returns undefined when it is fine
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

/**
 * The rules for a new object's key: those of `keyProblem`. It also must not hold what a lenient server takes for a
 * subresource.
 */
export function newKeyProblem(key: string): string | undefined {
  if (key.includes('?')) return 'it holds "?", which some servers take for a request on the bucket itself';
  return keyProblem(key);
}
