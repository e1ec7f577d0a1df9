/**
 * Opens an address; once more when Chromium dropped all its connections meanwhile, as it does whenever an address of the
 * machine comes or goes, such as that of a container.
 */
export async function goTo<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('net::ERR_NETWORK_CHANGED'))) throw error;
    return open();
  }
}

export const NO_ANSWER = 'does not answer, or there is no such host. Check the address, or try another source.';

/**
 * Why a page could not be opened, for the model; undefined for what is no failure of the page. `told` holds what the
 * guards have said meanwhile.
 */
export function navigationFailure(error: unknown, url: URL, told: readonly string[]): string | undefined {
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
  const code = /net::(ERR_\w+)/.exec(message)?.[1] ?? '';
  const [reason] = told;
  if (/Download is starting/.test(message))
    return `${url.host} offers this as a file to download, not as a page. Use fetch to read it.`;
  if (reason !== undefined) return `${url.host} could not be opened: ${reason}`;
  if (/Timeout \d+ms exceeded/.test(message))
    return `${url.host} did not finish its answer in time. Try again later, or another page.`;
  if (code === '') return undefined;
  if (/ERR_CERT|ERR_SSL/.test(code))
    return `${url.host} has no valid certificate (${code}), so it is not opened. Try another source.`;
  if (code === 'ERR_TUNNEL_CONNECTION_FAILED' || code === 'ERR_PROXY_CONNECTION_FAILED')
    return `${url.host} ${NO_ANSWER}`;
  if (code === 'ERR_ABORTED')
    return `${url.host} gave no page (it answered with nothing, or the loading was broken off).`;
  if (code === 'ERR_INVALID_AUTH_CREDENTIALS')
    return `${url.host} asks for a login by the browser itself, which cannot be given here. Try another source.`;
  if (code === 'ERR_TOO_MANY_REDIRECTS') return `${url.host} redirects in circles. Try another address.`;
  return `${url.host} did not give a page (${code}). Check the address, or try another source.`;
}
