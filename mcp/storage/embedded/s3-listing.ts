/** What this module uses of a Koa context. */
export interface ListingContext {
  method: string;
  query: Record<string, string | undefined>;
  body: unknown;
}

interface Listing {
  IsTruncated?: boolean;
  KeyCount?: number;
  NextContinuationToken?: string;
  Contents?: { Key: string }[];
}

/**
 * Answers ListObjectsV2 with the server's first version of that call. The server's second version makes the tokens for
 * the next page with a cipher (Blowfish) that today's OpenSSL no longer has, so every list of more than one page
 * failed.
 */
export async function listByFirstVersion(context: ListingContext, next: () => Promise<void>): Promise<void> {
  const { 'list-type': version, 'continuation-token': token, 'start-after': after, ...others } = context.query;
  if (context.method !== 'GET' || version !== '2') return next();
  delete others['fetch-owner'];
  const marker = token === undefined ? after : Buffer.from(token, 'base64url').toString();
  context.query = { ...others, ...(marker === undefined ? {} : { marker }) };
  await next();
  const listing = (context.body as { ListBucketResult?: Listing } | null)?.ListBucketResult;
  if (!listing) return;
  const last = listing.Contents?.at(-1)?.Key;
  listing.KeyCount = listing.Contents?.length ?? 0;
  if (listing.IsTruncated && last !== undefined)
    listing.NextContinuationToken = Buffer.from(last).toString('base64url');
}
