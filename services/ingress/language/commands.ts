import type { Language } from '#shared/ground/vocabulary.ts';

/** In every language but English, which stands in the commands themselves. */
export type Translated = Readonly<Record<Exclude<Language, 'en'>, string>>;

/** Names of our commands, as Discord shows them to people. */
export const commandNames = {
  ask: { de: 'fragen', fr: 'demander', es: 'preguntar', pt: 'perguntar', ja: '質問' },
  new: { de: 'neu', fr: 'nouveau', es: 'nuevo', pt: 'novo', ja: '新規' },
  status: { de: 'status', fr: 'état', es: 'estado', pt: 'status', ja: '状態' },
  stop: { de: 'stopp', fr: 'arrêter', es: 'detener', pt: 'parar', ja: '停止' },
  tools: { de: 'werkzeuge', fr: 'outils', es: 'herramientas', pt: 'ferramentas', ja: 'ツール' },
  schedule: { de: 'zeitplan', fr: 'planifier', es: 'programar', pt: 'agendar', ja: '予約' },
  memory: { de: 'gedächtnis', fr: 'mémoire', es: 'memoria', pt: 'memória', ja: '記憶' },
  why: { de: 'warum', fr: 'pourquoi', es: 'porqué', pt: 'porquê', ja: '理由' },
  reset: { de: 'zurücksetzen', fr: 'réinitialiser', es: 'reiniciar', pt: 'reiniciar', ja: 'リセット' },
  undo: { de: 'zurücknehmen', fr: 'annuler', es: 'deshacer', pt: 'desfazer', ja: '取り消し' },
  context: { de: 'kontext', fr: 'contexte', es: 'contexto', pt: 'contexto', ja: '文脈' },
  forget: { de: 'vergessen', fr: 'oublier', es: 'olvidar', pt: 'esquecer', ja: '忘れる' },
  retry: { de: 'nochmal', fr: 'réessayer', es: 'reintentar', pt: 'repetir', ja: '再質問' },
  approve: { de: 'freigeben', fr: 'approuver', es: 'aprobar', pt: 'aprovar', ja: '承認' },
  whoami: { de: 'werbinich', fr: 'quisuisje', es: 'quiensoy', pt: 'quemsou', ja: '自分' },
  usage: { de: 'verbrauch', fr: 'usage', es: 'uso', pt: 'uso', ja: '使用量' },
  busy: { de: 'beschäftigt', fr: 'occupé', es: 'ocupado', pt: 'ocupado', ja: '作業中' },
  model: { de: 'modell', fr: 'modèle', es: 'modelo', pt: 'modelo', ja: 'モデル' },
  persona: { de: 'persona', fr: 'persona', es: 'persona', pt: 'persona', ja: 'ペルソナ' },
  prompt: { de: 'prompt', fr: 'prompt', es: 'prompt', pt: 'prompt', ja: 'プロンプト' },
  setprompt: { de: 'promptsetzen', fr: 'définirprompt', es: 'ponerprompt', pt: 'definirprompt', ja: 'プロンプト設定' },
  viewprompt: { de: 'promptzeigen', fr: 'voirprompt', es: 'verprompt', pt: 'verprompt', ja: 'プロンプト表示' },
  resetprompt: {
    de: 'promptlöschen',
    fr: 'effacerprompt',
    es: 'quitarprompt',
    pt: 'removerprompt',
    ja: 'プロンプト解除',
  },
  setup: { de: 'einrichten', fr: 'configurer', es: 'configurar', pt: 'configurar', ja: '設定' },
  help: { de: 'hilfe', fr: 'aide', es: 'ayuda', pt: 'ajuda', ja: 'ヘルプ' },
  'Ask Dragoman': {
    de: 'Dragoman fragen',
    fr: 'Demander à Dragoman',
    es: 'Preguntar a Dragoman',
    pt: 'Perguntar ao Dragoman',
    ja: 'Dragoman に質問',
  },
  'Why no answer?': {
    de: 'Warum keine Antwort?',
    fr: 'Pourquoi pas de réponse ?',
    es: '¿Por qué no hay respuesta?',
    pt: 'Por que não há resposta?',
    ja: 'なぜ回答がない？',
  },
} as const satisfies Record<string, Translated>;

/** The same texts for several commands or options. */
export function ofEach(keys: string[], texts: Translated): Record<string, Translated> {
  return Object.fromEntries(keys.map((key) => [key, texts]));
}

/** A command's name in one language; its own name where there is none. */
export function commandName(name: string, language: Language): string {
  const known: Partial<Record<string, Translated>> = commandNames;
  return language === 'en' ? name : (known[name]?.[language] ?? name);
}
