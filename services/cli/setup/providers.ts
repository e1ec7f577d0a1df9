/** A provider of models with an endpoint in OpenAI's format. */
export interface Provider {
  name: string;
  base: string;
  /** Where a key is made. */
  keys: string;
  /** What to take when the endpoint does not list its models, or lists hundreds. */
  model: string;
}

export const providers: readonly Provider[] = [
  {
    name: 'OpenAI',
    base: 'https://api.openai.com/v1',
    keys: 'https://platform.openai.com/api-keys',
    model: 'gpt-5-mini',
  },
  {
    name: 'Anthropic',
    base: 'https://api.anthropic.com/v1',
    keys: 'https://console.anthropic.com/settings/keys',
    model: 'claude-sonnet-4-5',
  },
  {
    name: 'Google Gemini',
    base: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keys: 'https://aistudio.google.com/apikey',
    model: 'gemini-2.5-flash',
  },
  {
    name: 'OpenRouter',
    base: 'https://openrouter.ai/api/v1',
    keys: 'https://openrouter.ai/keys',
    model: 'openai/gpt-5-mini',
  },
  {
    name: 'Groq',
    base: 'https://api.groq.com/openai/v1',
    keys: 'https://console.groq.com/keys',
    model: 'openai/gpt-oss-120b',
  },
  {
    name: 'Mistral',
    base: 'https://api.mistral.ai/v1',
    keys: 'https://console.mistral.ai/api-keys',
    model: 'mistral-medium-latest',
  },
];
