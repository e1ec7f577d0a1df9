/** Why the stack cannot start: a sentence for the person at the terminal, with what to do. */
export class StartError extends Error {
  override name = 'StartError';
}
