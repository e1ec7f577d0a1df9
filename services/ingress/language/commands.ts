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
