import type { Language } from '#shared/ground/vocabulary.ts';

/** In every language but English, which stands in the commands themselves. */
type Translated = Readonly<Record<Exclude<Language, 'en'>, string>>;

/** Names of our commands, as Discord shows them to people. */
export const commandNames = {
  ask: { de: 'fragen', fr: 'demander', es: 'preguntar', pt: 'perguntar', ja: '質問' },
  new: { de: 'neu', fr: 'nouveau', es: 'nuevo', pt: 'novo', ja: '新規' },
  status: { de: 'status', fr: 'état', es: 'estado', pt: 'status', ja: '状態' },
  stop: { de: 'stopp', fr: 'arrêter', es: 'detener', pt: 'parar', ja: '停止' },
  tools: { de: 'werkzeuge', fr: 'outils', es: 'herramientas', pt: 'ferramentas', ja: 'ツール' },
  schedule: { de: 'zeitplan', fr: 'planifier', es: 'programar', pt: 'agendar', ja: '予約' },
  memory: { de: 'gemerkt', fr: 'mémoire', es: 'memoria', pt: 'memória', ja: '記憶' },
  why: { de: 'warum', fr: 'pourquoi', es: 'porqué', pt: 'porquê', ja: '理由' },
  reset: { de: 'zurücksetzen', fr: 'réinitialiser', es: 'reiniciar', pt: 'reiniciar', ja: 'リセット' },
  undo: { de: 'zurücknehmen', fr: 'annuler', es: 'deshacer', pt: 'desfazer', ja: '取り消し' },
  context: { de: 'kontext', fr: 'contexte', es: 'contexto', pt: 'contexto', ja: '文脈' },
  forget: { de: 'vergessen', fr: 'oublier', es: 'olvidar', pt: 'esquecer', ja: '忘れる' },
  retry: { de: 'nochmal', fr: 'réessayer', es: 'reintentar', pt: 'repetir', ja: '再質問' },
  approve: { de: 'freigeben', fr: 'approuver', es: 'aprobar', pt: 'aprovar', ja: '承認' },
  whoami: { de: 'werbinich', fr: 'quisuisje', es: 'quiensoy', pt: 'quemsou', ja: '自分' },
  usage: { de: 'verbrauch', fr: 'usage', es: 'uso', pt: 'uso', ja: '使用量' },
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
export type CommandName = keyof typeof commandNames;

/** Descriptions, by `command`, `command option`, `command subcommand`, `command subcommand option`. At most 100 characters. */
export const commandDescriptions: Readonly<Record<string, Translated>> = {
  ask: {
    de: 'Stell Dragoman eine Frage',
    fr: 'Poser une question à Dragoman',
    es: 'Haz una pregunta a Dragoman',
    pt: 'Faça uma pergunta ao Dragoman',
    ja: 'Dragoman に質問します',
  },
  'ask question': {
    de: 'Was willst du wissen?',
    fr: 'Que voulez-vous savoir ?',
    es: '¿Qué quieres saber?',
    pt: 'O que você quer saber?',
    ja: '何を知りたいですか？',
  },
  'ask file': {
    de: 'Eine Textdatei oder ein Bild, um das es geht',
    fr: 'Un fichier texte ou une image dont il s’agit',
    es: 'Un archivo de texto o una imagen de que trata la pregunta',
    pt: 'Um arquivo de texto ou uma imagem de que trata a pergunta',
    ja: '質問の対象となるテキストファイルか画像',
  },
  'ask mode': {
    de: 'Wie Dragoman dabei vorgeht, nur für diese Frage',
    fr: 'Comment Dragoman procède, pour cette question seulement',
    es: 'Cómo procede Dragoman, solo para esta pregunta',
    pt: 'Como o Dragoman procede, só para esta pergunta',
    ja: 'この質問だけの Dragoman の進め方',
  },
  new: {
    de: 'Ein neues Gespräch beginnen: Dragoman sieht nicht zurück',
    fr: 'Commencer une nouvelle conversation : Dragoman ne regarde pas en arrière',
    es: 'Empezar una conversación nueva: Dragoman no mira atrás',
    pt: 'Começar uma nova conversa: o Dragoman não olha para trás',
    ja: '新しい会話を始めます：Dragoman は前のやり取りを見ません',
  },
  status: {
    de: 'Wie es Dragoman geht und wo deine Fragen stehen',
    fr: 'Comment va Dragoman et où en sont vos questions',
    es: 'Cómo está Dragoman y cómo van tus preguntas',
    pt: 'Como está o Dragoman e como estão suas perguntas',
    ja: 'Dragoman の状態と、あなたの質問の状況',
  },
  stop: {
    de: 'Deine noch unbeantworteten Fragen in diesem Kanal anhalten',
    fr: 'Arrêter vos questions encore sans réponse dans ce salon',
    es: 'Detener tus preguntas aún sin responder en este canal',
    pt: 'Parar suas perguntas ainda sem resposta neste canal',
    ja: 'このチャンネルでまだ回答のない、あなたの質問を止めます',
  },
  'stop person': {
    de: 'Wessen Fragen (nur für Moderatoren)',
    fr: 'Les questions de qui (modérateurs seulement)',
    es: 'De quién son las preguntas (solo moderadores)',
    pt: 'As perguntas de quem (só moderadores)',
    ja: 'だれの質問か（モデレーターのみ）',
  },
  tools: {
    de: 'Was Dragoman hier für dich tun kann',
    fr: 'Ce que Dragoman peut faire pour vous ici',
    es: 'Qué puede hacer Dragoman por ti aquí',
    pt: 'O que o Dragoman pode fazer por você aqui',
    ja: 'ここで Dragoman ができること',
  },
  memory: {
    de: 'Was Dragoman sich für dich, diesen Kanal und diesen Server gemerkt hat',
    fr: 'Ce que Dragoman retient pour vous, ce salon et ce serveur',
    es: 'Qué recuerda Dragoman para ti, este canal y este servidor',
    pt: 'O que o Dragoman lembra para você, este canal e este servidor',
    ja: 'あなた、このチャンネル、このサーバーについて覚えていること',
  },
  'memory page': { de: 'Welche Seite', fr: 'Quelle page', es: 'Qué página', pt: 'Qual página', ja: '何ページ目か' },
  'memory delete': {
    de: 'Die ID, die gelöscht werden soll, oder „all“ für alle von dir',
    fr: 'L’identifiant à supprimer, ou « all » pour tous les vôtres',
    es: 'El ID que se borra, o «all» para todos los tuyos',
    pt: 'O ID a apagar, ou “all” para todos os seus',
    ja: '削除する ID、またはあなたのものすべてなら「all」',
  },
  why: {
    de: 'Warum hat Dragoman auf eine Nachricht nicht geantwortet?',
    fr: 'Pourquoi Dragoman n’a-t-il pas répondu à un message ?',
    es: '¿Por qué no respondió Dragoman a un mensaje?',
    pt: 'Por que o Dragoman não respondeu a uma mensagem?',
    ja: 'Dragoman はなぜメッセージに回答しなかったのか',
  },
  'why message': {
    de: 'Link oder ID der Nachricht; ohne Angabe deine letzte',
    fr: 'Lien ou identifiant du message ; sinon votre dernier',
    es: 'Enlace o ID del mensaje; si falta, el último tuyo',
    pt: 'Link ou ID da mensagem; sem isso, a sua última',
    ja: 'メッセージのリンクか ID。省略すると直近のもの',
  },
  help: {
    de: 'Was Dragoman tut und wie man es fragt',
    fr: 'Ce que fait Dragoman et comment l’interroger',
    es: 'Qué hace Dragoman y cómo preguntarle',
    pt: 'O que o Dragoman faz e como perguntar a ele',
    ja: 'Dragoman ができることと、質問のしかた',
  },
  schedule: {
    de: 'Eine Frage zu bestimmten Zeiten stellen lassen',
    fr: 'Faire poser une question à certaines heures',
    es: 'Hacer que se pregunte algo a ciertas horas',
    pt: 'Fazer uma pergunta em certos horários',
    ja: '決まった時刻に質問します',
  },
  'tools tool': {
    de: 'Der Name eines Werkzeugs, um darüber zu lesen',
    fr: 'Le nom d’un outil, pour en savoir plus',
    es: 'El nombre de una herramienta, para leer sobre ella',
    pt: 'O nome de uma ferramenta, para ler sobre ela',
    ja: '説明を読みたいツールの名前',
  },
  reset: {
    de: 'Ein neues Gespräch beginnen: Dragoman sieht nicht zurück',
    fr: 'Commencer une nouvelle conversation : Dragoman ne regarde pas en arrière',
    es: 'Empezar una conversación nueva: Dragoman no mira atrás',
    pt: 'Começar uma nova conversa: o Dragoman não olha para trás',
    ja: '新しい会話を始めます：Dragoman は前のやり取りを見ません',
  },
  undo: {
    de: 'Deine letzte Frage hier und ihre Antwort aus dem Gespräch nehmen',
    fr: 'Retirer de la conversation votre dernière question ici et sa réponse',
    es: 'Quitar de la conversación tu última pregunta aquí y su respuesta',
    pt: 'Tirar da conversa sua última pergunta aqui e a resposta',
    ja: 'ここでの直近の質問とその回答を会話から取り除きます',
  },
  context: {
    de: 'Was Dragoman von dem Gespräch hier weiß',
    fr: 'Ce que Dragoman sait de la conversation ici',
    es: 'Qué sabe Dragoman de la conversación aquí',
    pt: 'O que o Dragoman sabe da conversa aqui',
    ja: 'ここでの会話について Dragoman が知っていること',
  },
  forget: {
    de: 'Lass dich von Dragoman vergessen',
    fr: 'Vous faire oublier de Dragoman',
    es: 'Haz que Dragoman te olvide',
    pt: 'Fazer o Dragoman esquecer você',
    ja: 'Dragoman に自分のことを忘れさせます',
  },
  'forget me': {
    de: 'Vergisst deine Fragen, Gespräche, Gemerktes, Dateien, Bewertungen und Einstellungen',
    fr: 'Oublie vos questions, conversations, souvenirs, fichiers, votes et réglages',
    es: 'Olvida tus preguntas, conversaciones, recuerdos, archivos, votos y ajustes',
    pt: 'Esquece suas perguntas, conversas, lembranças, arquivos, votos e ajustes',
    ja: '質問、会話、記憶、ファイル、評価、設定を忘れます',
  },
  retry: {
    de: 'Stellt deine letzte Frage in diesem Kanal noch einmal',
    fr: 'Repose votre dernière question dans ce salon',
    es: 'Vuelve a hacer tu última pregunta en este canal',
    pt: 'Faz de novo sua última pergunta neste canal',
    ja: 'このチャンネルでの直近の質問をもう一度行います',
  },
  approve: {
    de: 'Was auf eine Entscheidung wartet, die du treffen darfst',
    fr: 'Ce qui attend une décision que vous pouvez prendre',
    es: 'Lo que espera una decisión que tú puedes tomar',
    pt: 'O que espera uma decisão que você pode tomar',
    ja: 'あなたが判断できる、判断待ちのもの',
  },
  whoami: {
    de: 'Deine Rollen bei Dragoman, und was du hier darfst',
    fr: 'Vos rôles auprès de Dragoman, et ce que vous pouvez faire ici',
    es: 'Tus roles con Dragoman, y qué puedes hacer aquí',
    pt: 'Seus cargos com o Dragoman, e o que você pode fazer aqui',
    ja: 'Dragoman でのロールと、ここでできること',
  },
  usage: {
    de: 'Was du diesen Monat verbraucht hast; für Verwalter auch der Verbrauch des Servers',
    fr: 'Ce que vous avez utilisé ce mois ; l’usage du serveur pour ceux qui le gèrent',
    es: 'Lo que usaste este mes; el uso del servidor para quienes lo administran',
    pt: 'O que você usou este mês; o uso do servidor para quem o gerencia',
    ja: '今月の使用量。サーバーを管理する人にはサーバー全体の使用量も',
  },
  'schedule add': {
    de: 'Eine Frage planen',
    fr: 'Planifier une question',
    es: 'Programar una pregunta',
    pt: 'Agendar uma pergunta',
    ja: '質問を予約します',
  },
  'schedule add when': {
    de: '„jeden Werktag um 9:00“, „morgen 8 Uhr“, „in 2 Stunden“ oder Cron',
    fr: '« tous les lundis à 9h », « demain à 8h », « dans 2 heures » ou cron',
    es: '«todos los días a las 9:00», «mañana a las 8», «en 2 horas» o cron',
    pt: '“todos os dias às 9:00”, “amanhã às 8”, “em 2 horas” ou cron',
    ja: '「平日9時」「明日8時」「2時間後」、または cron',
  },
  'schedule add question': {
    de: 'Was gefragt wird',
    fr: 'Ce qu’il faut demander',
    es: 'Qué preguntar',
    pt: 'O que perguntar',
    ja: '何を質問するか',
  },
  'schedule add channel': {
    de: 'Wohin die Antwort kommt; ohne Angabe hierher',
    fr: 'Où va la réponse ; ici sinon',
    es: 'Adónde va la respuesta; aquí si falta',
    pt: 'Para onde vai a resposta; aqui se faltar',
    ja: '回答の送り先。省略するとここ',
  },
  'schedule add timezone': {
    de: 'Wie Europe/Berlin; ohne Angabe die zuletzt genannte',
    fr: 'Comme Europe/Paris ; sinon le dernier indiqué',
    es: 'Como Europe/Madrid; si falta, la última que diste',
    pt: 'Como America/Sao_Paulo; sem isso, o último que você deu',
    ja: 'Asia/Tokyo など。省略すると前回のもの',
  },
  'schedule list': {
    de: 'Was hier geplant ist',
    fr: 'Ce qui est planifié ici',
    es: 'Qué hay programado aquí',
    pt: 'O que está agendado aqui',
    ja: 'ここで予約されているもの',
  },
  'schedule pause': {
    de: 'Eine geplante Frage anhalten',
    fr: 'Mettre une question planifiée en pause',
    es: 'Poner en pausa una pregunta programada',
    pt: 'Pausar uma pergunta agendada',
    ja: '予約した質問を一時停止します',
  },
  'schedule resume': {
    de: 'Eine geplante Frage weitergehen lassen',
    fr: 'Reprendre une question planifiée',
    es: 'Continuar una pregunta programada',
    pt: 'Retomar uma pergunta agendada',
    ja: '予約した質問を再開します',
  },
  'schedule delete': {
    de: 'Eine geplante Frage entfernen',
    fr: 'Enlever une question planifiée',
    es: 'Quitar una pregunta programada',
    pt: 'Remover uma pergunta agendada',
    ja: '予約した質問を削除します',
  },
  ...ofEach(['schedule pause id', 'schedule resume id', 'schedule delete id'], {
    de: 'Ihre ID, wie /zeitplan list sie zeigt',
    fr: 'Son identifiant, comme /planifier list le montre',
    es: 'Su ID, como lo muestra /programar list',
    pt: 'Seu ID, como /agendar list o mostra',
    ja: '/予約 list に表示される ID',
  }),
};

function ofEach(keys: string[], texts: Translated): Record<string, Translated> {
  return Object.fromEntries(keys.map((key) => [key, texts]));
}

/** A command's name in one language; its own name where there is none. */
export function commandName(name: string, language: Language): string {
  const known: Partial<Record<string, Translated>> = commandNames;
  return language === 'en' ? name : (known[name]?.[language] ?? name);
}
