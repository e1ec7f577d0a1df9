import { expect, test, vi } from 'vitest';
import { goTo } from './navigation-failure.ts';

const failure = (code: string): Error => new Error(`page.goto: net::${code} at http://shop.example.com/`);

test('a page is asked for again when the network of the machine changed meanwhile', async () => {
  const open = vi.fn<() => Promise<string>>().mockRejectedValueOnce(failure('ERR_NETWORK_CHANGED'));
  await expect(goTo(open.mockResolvedValueOnce('page'))).resolves.toBe('page');
});

test('but only once, and for no other reason', async () => {
  const changing = vi.fn<() => Promise<string>>().mockRejectedValue(failure('ERR_NETWORK_CHANGED'));
  await expect(goTo(changing)).rejects.toThrow('ERR_NETWORK_CHANGED');
  expect(changing).toHaveBeenCalledTimes(2);
  const refused = vi.fn<() => Promise<string>>().mockRejectedValue(failure('ERR_CONNECTION_REFUSED'));
  await expect(goTo(refused)).rejects.toThrow('ERR_CONNECTION_REFUSED');
  expect(refused).toHaveBeenCalledTimes(1);
});
