import { expect, it } from 'vitest';
import { parseRedisUrl, withoutPassword } from './url.ts';

it('reads one server as it stands', () => {
  for (const url of ['redis://127.0.0.1:6379', 'rediss://user:p%40ss@redis.example/3']) {
    expect(parseRedisUrl(url)).toEqual({ kind: 'server', url });
  }
});

it('reads Sentinels, their master, and the secrets of both', () => {
  expect(
    parseRedisUrl('redis+sentinel://:p%40ss:x@one:26380,two,[::1]:7/mymaster/2?sentinelUser=s&sentinelPassword=q%2Bq'),
  ).toEqual({
    kind: 'sentinel',
    master: 'mymaster',
    sentinels: [
      { host: 'one', port: 26_380 },
      { host: 'two', port: 26_379 },
      { host: '::1', port: 7 },
    ],
    options: {
      sentinels: expect.any(Array) as unknown,
      name: 'mymaster',
      password: 'p@ss:x',
      sentinelUsername: 's',
      sentinelPassword: 'q+q',
      db: 2,
    },
  });
  expect(parseRedisUrl('redis+sentinel://one/mymaster')).not.toHaveProperty('options.password');
  expect(parseRedisUrl('rediss+sentinel://u:p@one/m')).toMatchObject({
    options: { username: 'u', password: 'p', tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true },
  });
});

it.each([
  ['localhost:6379', 'must begin with redis://'],
  ['redis+sentinel://one:26379', 'must be like redis+sentinel://'],
  ['redis+sentinel://one:port/m', 'names a Sentinel that is no host'],
  ['redis+sentinel://one:1,/m', 'names a Sentinel that is no host'],
  ['redis+sentinel://one/m/zero', 'must be like redis+sentinel://'],
  ['redis+sentinel://one/m?password=hush', 'has password, which is none of'],
  ['redis+sentinel://:%zz@one/m', 'has a % that'],
])('tells what is wrong with %s', (url, problem) => {
  expect(() => parseRedisUrl(url)).toThrow(problem);
});

it('shows no secret', () => {
  expect(withoutPassword('redis+sentinel://:hush@one,two/m?sentinelPassword=hush')).toBe('redis+sentinel://one,two/m');
  expect(withoutPassword('rediss://u:hush@one:1/')).toBe('rediss://one:1');
});
