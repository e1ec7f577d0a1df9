/** `${NAME}`, or `${NAME:-what else}` where a variable may be missing. */
export const variableReference = /\$\{(\w+)(?::-([^}]*))?\}/g;
