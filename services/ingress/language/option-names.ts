import type { Translated } from './commands.ts';

/**
 * Names of subcommands and options, as Discord shows them to people; handlers get the English ones. One name is called
 * alike in all commands.
 */
export const optionNames = {
  question: { de: 'frage', fr: 'question', es: 'pregunta', pt: 'pergunta', ja: '質問' },
  file: { de: 'datei', fr: 'fichier', es: 'archivo', pt: 'arquivo', ja: 'ファイル' },
  mode: { de: 'modus', fr: 'mode', es: 'modo', pt: 'modo', ja: 'モード' },
  person: { de: 'person', fr: 'personne', es: 'persona', pt: 'pessoa', ja: 'メンバー' },
  choice: { de: 'wahl', fr: 'choix', es: 'opción', pt: 'opção', ja: '選択' },
  tool: { de: 'werkzeug', fr: 'outil', es: 'herramienta', pt: 'ferramenta', ja: 'ツール' },
  add: { de: 'hinzufügen', fr: 'ajouter', es: 'añadir', pt: 'adicionar', ja: '追加' },
  when: { de: 'wann', fr: 'quand', es: 'cuándo', pt: 'quando', ja: '日時' },
  channel: { de: 'kanal', fr: 'salon', es: 'canal', pt: 'canal', ja: 'チャンネル' },
  timezone: { de: 'zeitzone', fr: 'fuseau', es: 'zonahoraria', pt: 'fusohorário', ja: 'タイムゾーン' },
  list: { de: 'liste', fr: 'liste', es: 'lista', pt: 'lista', ja: '一覧' },
  pause: { de: 'pausieren', fr: 'suspendre', es: 'pausar', pt: 'pausar', ja: '一時停止' },
  resume: { de: 'fortsetzen', fr: 'reprendre', es: 'reanudar', pt: 'retomar', ja: '再開' },
  delete: { de: 'löschen', fr: 'supprimer', es: 'borrar', pt: 'apagar', ja: '削除' },
  id: { de: 'id', fr: 'id', es: 'id', pt: 'id', ja: 'id' },
  page: { de: 'seite', fr: 'page', es: 'página', pt: 'página', ja: 'ページ' },
  message: { de: 'nachricht', fr: 'message', es: 'mensaje', pt: 'mensagem', ja: 'メッセージ' },
  view: { de: 'zeigen', fr: 'voir', es: 'ver', pt: 'ver', ja: '表示' },
  set: { de: 'setzen', fr: 'définir', es: 'poner', pt: 'definir', ja: '設定' },
  reset: { de: 'entfernen', fr: 'effacer', es: 'quitar', pt: 'remover', ja: '解除' },
  history: { de: 'verlauf', fr: 'historique', es: 'historial', pt: 'histórico', ja: '履歴' },
  restore: { de: 'wiederherstellen', fr: 'restaurer', es: 'restaurar', pt: 'restaurar', ja: '復元' },
  text: { de: 'text', fr: 'texte', es: 'texto', pt: 'texto', ja: '文章' },
  for: { de: 'für', fr: 'pour', es: 'para', pt: 'para', ja: '対象' },
  use: { de: 'verwenden', fr: 'utiliser', es: 'usar', pt: 'usar', ja: '使用' },
  save: { de: 'speichern', fr: 'enregistrer', es: 'guardar', pt: 'salvar', ja: '保存' },
  name: { de: 'name', fr: 'nom', es: 'nombre', pt: 'nome', ja: '名前' },
  once: { de: 'einmal', fr: 'unefois', es: 'unavez', pt: 'umavez', ja: '一度だけ' },
  model: { de: 'modell', fr: 'modèle', es: 'modelo', pt: 'modelo', ja: 'モデル' },
  export: { de: 'exportieren', fr: 'exporter', es: 'exportar', pt: 'exportar', ja: 'エクスポート' },
  me: { de: 'mich', fr: 'moi', es: 'a-mí', pt: 'mim', ja: '自分' },
} as const satisfies Record<string, Translated>;
