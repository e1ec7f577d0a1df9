import type { S3ServiceException } from '@aws-sdk/client-s3';
import { shown } from '#mcp/words.ts';

/** What a call is about, for the sentence when it fails. */
export interface Place {
  bucket?: string;
  key?: string;
}

/** What a sentence is made of: names as they may be shown, and the region that the server names instead of ours. */
interface Facts {
  object: string | undefined;
  bucket: string | undefined;
  inBucket: string;
  region: string | undefined;
}

type Sentence = (facts: Facts) => string;

const operator = 'Tell the user that the operator must';

const elsewhere: Sentence = ({ bucket, region }) =>
  region === undefined
    ? `The object store sends ${bucket ? `requests for the bucket ${bucket}` : 'requests'} elsewhere. ${operator} check S3_ENDPOINT and S3_REGION.`
    : `${bucket ? `The bucket ${bucket}` : 'The object store'} is in the region ${region}, and this tool asks in another. ${operator} set S3_REGION=${region}, and S3_ENDPOINT to that region's server.`;

const noAccess: Sentence = ({ object, inBucket }) =>
  object === undefined
    ? `The object store gives this tool no access${inBucket}. Use another bucket, or tell the user that access is missing.`
    : `The object store gives this tool no access to ${object}${inBucket}: it is not allowed, or there is no such object and the tool may not list the bucket. Check the name, or tell the user that access is missing.`;

const noObject: Sentence = ({ object, bucket, inBucket }) =>
  object === undefined
    ? `The object store takes ${bucket ?? 'the request'} for the name of an object: S3_ENDPOINT seems to hold the name of a bucket. ${operator} set it to the server alone.`
    : `There is no object ${object}${inBucket}. Names are exact; minio_list_objects shows what exists.`;

const noRoom: Sentence = () => 'The object store has no room for this. Nothing was written; tell the user.';
const badName: Sentence = ({ object, bucket }) =>
  `The object store does not take ${object ?? bucket ?? 'this'} as a name. Use another one.`;
const badToken: Sentence = () =>
  `The login of this tool at the object store has run out. ${operator} renew S3_ACCESS_KEY and S3_SECRET_KEY.`;
const busy: Sentence = () => 'The object store asks for fewer requests. Wait a moment, then try again.';
const ill: Sentence = () => 'The object store is overloaded or ill now. Try again in a moment.';
const clock: Sentence = () =>
  `The object store refuses the login because the clocks differ. ${operator} set the clock of this machine, or of the object store.`;

/** A sentence for each code of the S3 API reference, "Error responses", and some of other servers. */
const sentences: Record<string, Sentence> = {
  NoSuchKey: noObject,
  NoSuchBucket: ({ bucket }) => `There is no bucket ${bucket ?? ''}. minio_list_buckets shows what exists.`,
  AccessDenied: noAccess,
  AllAccessDisabled: noAccess,
  AccountProblem: noAccess,
  InvalidAccessKeyId: () =>
    `The object store does not know the access key of this tool. ${operator} check S3_ACCESS_KEY and S3_ENDPOINT.`,
  SignatureDoesNotMatch: () =>
    `The object store refuses the login of this tool: the secret key does not belong to the access key, or a proxy changes the requests. ${operator} check S3_ACCESS_KEY and S3_SECRET_KEY, S3_REGION, and what stands in front of the store.`,
  XAmzContentSHA256Mismatch: () =>
    `Something between this tool and the object store changes the requests. ${operator} check the proxy in front of it.`,
  RequestTimeTooSkewed: clock,
  RequestExpired: clock,
  ExpiredToken: badToken,
  InvalidToken: badToken,
  PermanentRedirect: elsewhere,
  TemporaryRedirect: elsewhere,
  Redirect: elsewhere,
  AuthorizationHeaderMalformed: elsewhere,
  IllegalLocationConstraintException: elsewhere,
  IncorrectEndpoint: elsewhere,
  SecondLevelDomainForbidden: () =>
    `This object store wants the bucket's name in the host, which this tool does not do. ${operator} use an endpoint that takes it in the path.`,
  InvalidObjectState: ({ object }) => `${object ?? 'The object'} is archived and cannot be read now. Tell the user.`,
  EntityTooLarge: noRoom,
  QuotaExceeded: noRoom,
  XMinioStorageFull: noRoom,
  InvalidRange: ({ object }) => `${object ?? 'The object'} is shorter than that offset. Give a smaller one.`,
  KeyTooLongError: badName,
  InvalidObjectName: badName,
  InvalidBucketName: badName,
  XMinioInvalidObjectName: badName,
  MethodNotAllowed: ({ inBucket }) => `The object store does not allow this${inBucket}. Tell the user.`,
  NotImplemented: () => 'The object store cannot do this. Tell the user.',
  SlowDown: busy,
  TooManyRequests: busy,
  ThrottlingException: busy,
};

/** The sentence for what an S3 server said; undefined for what is no failure. A HEAD request has only its status. */
export function serverSentence(error: S3ServiceException, { bucket, key }: Place): string | undefined {
  const facts: Facts = {
    object: key === undefined ? undefined : shown(key),
    bucket: bucket === undefined ? undefined : shown(bucket),
    inBucket: bucket === undefined ? '' : ` in the bucket ${shown(bucket)}`,
    region: regionOf(error),
  };
  const own = Object.hasOwn(sentences, error.name) ? sentences[error.name] : undefined;
  return (own ?? byStatus(error.$metadata.httpStatusCode ?? 0, facts))?.(facts);
}

function byStatus(status: number, { object, region }: Facts): Sentence | undefined {
  if (status >= 300 && status < 400) return elsewhere;
  // A HEAD request has no body; its header still names the right region.
  if (status === 400 && region !== undefined) return elsewhere;
  if (status === 404 && object !== undefined) return noObject;
  if (status === 401 || status === 403) return noAccess;
  if (status === 416) return sentences['InvalidRange'];
  if (status === 429) return busy;
  if (status >= 500) return ill;
  if (status >= 400)
    return ({ inBucket }) => `The object store refuses the request${inBucket}. Check the names, or use others.`;
  return undefined;
}

/** The region that the server says the bucket is in. It is text of others, so it must look like one. */
function regionOf(error: S3ServiceException): string | undefined {
  const { Region } = error as { Region?: unknown };
  const headers = (error.$response?.headers ?? {}) as Record<string, string>;
  const region = typeof Region === 'string' ? Region : headers['x-amz-bucket-region'];
  return region !== undefined && /^[a-z0-9-]{1,64}$/.test(region) ? region : undefined;
}
